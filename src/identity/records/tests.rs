#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::identity::Reason;
use proptest::prelude::*;

/// A reader that gives a few bytes at a time.
struct Dribble<'a>(&'a [u8], usize);

impl Read for Dribble<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(self.0.len()).min(out.len());
        out[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

type Rows = Vec<(u64, Vec<Vec<u8>>)>;

fn rows_of(block: &[u8], line: u64, delimiter: u8) -> Rows {
    let mut rows = Rows::new();
    RecordParser::new(delimiter).for_each(block, line, |line, record| rows.push((line, record.iter().map(<[u8]>::to_vec).collect())));
    rows
}

fn cut(text: &[u8], delimiter: u8) -> (Rows, Vec<Block>) {
    let mut blocks = Blocks::new(Dribble(text, 7_001), delimiter, Tail::Record, 1, 0);
    let (mut rows, mut broken) = (Rows::new(), vec![]);
    while let Some(block) = blocks.next_block().unwrap() {
        if block.broken.is_some() { broken.push(block) } else { rows.extend(rows_of(&block.bytes, block.first_line, delimiter)) }
    }
    (rows, broken)
}

/// csv-core over the whole text at once.
fn reference(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let (mut at, mut rows) = (0, vec![]);
    loop {
        let (mut output, mut ends) = (vec![0; text.len() + 8], vec![0; text.len() + 8]);
        let (mut written, mut ended) = (0, 0);
        loop {
            let (result, read, put, more) = reader.read_record(&text[at..], &mut output[written..], &mut ends[ended..]);
            (at, written, ended) = (at + read, written + put, ended + more);
            match result {
                csv_core::ReadRecordResult::Record => break,
                csv_core::ReadRecordResult::End => return rows,
                _ => {}
            }
        }
        let mut from = 0;
        rows.push(ends[..ended].iter().map(|to| output[std::mem::replace(&mut from, *to)..*to].to_vec()).collect());
    }
}

#[test]
fn lines_are_those_an_editor_shows() {
    let text = b"a,b\r\n\r\n\"x\ny\",1\r\nz,2\n\n\nq,3";
    let lines: Vec<u64> = cut(text, b',').0.into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [1, 3, 5, 8]);
    let old_mac: Vec<u64> = rows_of(b"a\rb\r\r\"c\"\rd", 1, b',').into_iter().map(|(line, _)| line).collect();
    assert_eq!(old_mac, [1, 2, 4, 5]);
}

#[test]
fn a_quote_that_is_never_closed_costs_its_line_only() {
    let mut text = b"h,i\n1,a\n2,\"b\n".to_vec();
    for row in 3..900_000 {
        text.extend(format!("{row},c\n").bytes());
    }
    let (rows, broken) = cut(&text, b',');
    assert_eq!(rows.len(), 900_000 - 1);
    assert_eq!(broken.len(), 1);
    assert_eq!((broken[0].first_line, broken[0].broken, &broken[0].bytes[..]), (3, Some(Reason::UnclosedQuote), &b"2,\"b\n"[..]));
    let (rows, broken) = cut(b"a\n\"b\nc", b',');
    assert_eq!((rows.len(), broken.len(), broken[0].first_line), (2, 1, 2));
}

#[test]
fn a_line_of_any_length_is_read_in_bounded_memory() {
    let endless = io::repeat(b'x').take(40 << 20);
    let text = b"h\n1\n".chain(endless).chain(&b"\n2\n"[..]);
    let mut blocks = Blocks::new(text, b',', Tail::Record, 1, 0);
    let mut seen = vec![];
    while let Some(block) = blocks.next_block().unwrap() {
        assert!(block.bytes.capacity() <= RECORD_BYTES_MAX + 1, "{}", block.bytes.capacity());
        seen.push((block.first_line, block.broken));
    }
    assert_eq!(seen, [(1, None), (3, Some(Reason::CellTooLong)), (4, None)]);
    assert_eq!(blocks.offset(), 4 + (40 << 20) + 3);
}

#[test]
fn a_stream_that_goes_on_another_time_keeps_its_tail() {
    let mut blocks = Blocks::new(&b"a,b\n1,\"x\n"[..], b',', Tail::Left, 1, 100);
    assert_eq!(blocks.next_block().unwrap().unwrap().bytes, b"a,b\n");
    assert!(blocks.next_block().unwrap().is_none());
    assert_eq!(blocks.offset(), 104);
    for (text, complete) in [(&b"a\nb"[..], 2), (b"a\n\"b\n", 2), (b"a\n\"b\n\"\n", 7), (b"", 0), (b"a\"\n", 3), (b"a,\"b\"\"\n", 0)] {
        assert_eq!(complete_records(text, b','), complete, "{}", String::from_utf8_lossy(text));
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{0,6}",
        1 => "[a-z\",]{0,4}".prop_map(|text| format!("x{}", text.replace(',', ""))),
        2 => "[a-z,;\"\n\r]{0,9}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\""))),
        1 => Just("\"a\"b".to_owned()),
    ]
}

fn table() -> impl Strategy<Value = String> {
    let row = prop::collection::vec(cell(), 1..5).prop_map(|cells| cells.join(","));
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r"), Just("\n\n")];
    prop::collection::vec((row, end), 0..40).prop_map(|rows| rows.into_iter().map(|(row, end)| format!("{row}{end}")).collect())
}

proptest! {
    #[test]
    fn blocks_hold_what_the_whole_file_holds(text in table(), times in 1usize..3, cut_last in 0usize..2) {
        let mut text = text.repeat(times);
        if cut_last == 1 { text.pop(); }
        prop_assume!(is_closed(text.as_bytes(), b','));
        let whole = reference(text.as_bytes(), b',');
        let (rows, broken) = cut(text.as_bytes(), b',');
        prop_assert!(broken.is_empty());
        prop_assert_eq!(rows.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), whole);
    }

    #[test]
    fn any_cut_of_a_stream_is_a_record_boundary(text in table(), at in 0usize..400) {
        let bytes = text.as_bytes();
        prop_assume!(is_closed(bytes, b','));
        let seen = &bytes[..at.min(bytes.len())];
        // A closing quote or a CR at the very end may be half of a pair: the next byte tells.
        prop_assume!(!seen.ends_with(b"\"") && !seen.ends_with(b"\r"));
        let complete = complete_records(seen, b',');
        let mut rows = reference(&bytes[..complete], b',');
        rows.extend(reference(&bytes[complete..], b','));
        prop_assert_eq!(rows, reference(bytes, b','));
    }

    #[test]
    fn lines_and_rows_agree_between_both_ways_of_reading(text in "[a-c,\n\r]{0,40}") {
        let mut parser = RecordParser::new(b',');
        let (mut short, mut long) = (Rows::new(), Rows::new());
        parser.unquoted(text.as_bytes(), 1, |line, record| short.push((line, record.iter().map(<[u8]>::to_vec).collect())));
        parser.quoted(text.as_bytes(), 1, |line, record| long.push((line, record.iter().map(<[u8]>::to_vec).collect())));
        prop_assert_eq!(short, long);
    }
}
