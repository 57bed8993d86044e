//! The browser's hashing beside the command line's: the same bytes for the same file. The page's own worker does it, in Chromium.

use crate::support::*;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use camerata::identity::Profile;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, TestRng, TestRunner},
};
use serde_json::{Value, json};
use std::{fs, path::Path, process::Command};

/// A worker of the page's own is given a file and a plan; what it says last is what comes of it, with the texts of what it made.
const HASH: &str = "
    const [encoded, name, question, done] = arguments;
    const bytes = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
    const worker = new Worker(document.querySelector('#upload').dataset.worker, { type: 'module' });
    worker.onerror = (error) => done({ failed: error.message ?? 'worker' });
    worker.onmessage = async ({ data }) => {
      if (data.progress) return;
      worker.terminate();
      const { blob, report, ...rest } = data.hashed ?? {};
      const encode = async (part) => part ? new Promise((read) => {
        const reader = new FileReader();
        reader.onload = () => read(reader.result.split(',')[1] ?? '');
        reader.readAsDataURL(part);
      }) : '';
      done({ ...data, hashed: rest, out: await encode(blob), report: await encode(report) });
    };
    worker.postMessage({ ...question, file: new File([bytes], name) });
";

/// A page of the room's with its worker.
struct Bench {
    browser: Browser,
    served: Served,
}

impl Bench {
    fn new() -> Self {
        let served = Founded::new().serve();
        let person = served.person("festival", "zoe", &["steward"]);
        let browser = Browser::start(Ways::FRENCH);
        browser.come_in(&served.url, &person);
        browser.goto(&format!("{}/upload", served.url));
        browser.until("the form", || browser.shows("#upload"));
        Self { browser, served }
    }

    fn ask(&self, (name, bytes): (&str, &[u8]), question: Value) -> Value {
        self.browser.script_later(HASH, &[json!(STANDARD.encode(bytes)), json!(name), question])
    }

    /// The output and report of the browser, by the columns that it found itself; or why there is none.
    fn hash(&self, file: (&str, &[u8]), profile: Profile, columns: Value) -> Result<(String, String), String> {
        let opened = self.ask(file, json!({ "do": "open" }));
        if let Some(failed) = opened["failed"].as_str() {
            return Err(failed.to_owned());
        }
        let (emails, phones) = (&opened["opened"]["email"], &opened["opened"]["phone"]);
        let plan =
            json!({ "emails": emails, "phones": phones, "columns": columns, "profile": profile, "country": "CA" });
        let words = camerata::identity::Reason::ALL
            .map(|reason| (reason.as_str().to_owned(), json!(reason.words(camerata::model::Language::En))));
        let words: serde_json::Map<String, Value> = words.into_iter().collect();
        let told = self.ask(file, json!({ "do": "hash", "plan": plan, "words": words }));
        let text = |field: &str| String::from_utf8(STANDARD.decode(told[field].as_str().unwrap()).unwrap()).unwrap();
        match told["failed"].as_str() {
            Some(failed) => Err(failed.to_owned()),
            None => Ok((text("out"), text("report"))),
        }
    }

    /// The same by the command line.
    fn by_command_line(&self, file: (&str, &[u8]), profile: Profile, map: &[&str]) -> Result<(String, String), String> {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        fs::write(place(file.0), file.1).unwrap();
        let mut command = self.served.founded.command("", "");
        command
            .arg("hash")
            .arg(place(file.0))
            .arg("--out")
            .arg(place("out.csv"))
            .arg("--report")
            .arg(place("report.csv"));
        command.args(["--profile", profile.as_str()]);
        for column in map {
            command.args(["--map", column]);
        }
        let done = command.output().unwrap();
        if !done.status.success() {
            return Err(String::from_utf8(done.stderr).unwrap());
        }
        Ok((fs::read_to_string(place("out.csv")).unwrap(), fs::read_to_string(place("report.csv")).unwrap()))
    }

    fn alike(&self, what: &str, bytes: &[u8], columns: &[(&str, &str, usize)]) {
        let file = ("liste.csv", bytes);
        let map: Vec<String> = columns.iter().map(|(name, from, _)| format!("{name}={from}")).collect();
        let map: Vec<&str> = map.iter().map(String::as_str).collect();
        let here =
            json!(columns.iter().map(|(name, _, index)| json!({"name": name, "index": index})).collect::<Vec<_>>());
        for profile in Profile::ALL {
            let (browser, cli) = (self.hash(file, profile, here.clone()), self.by_command_line(file, profile, &map));
            match (browser, cli) {
                (Ok(browser), Ok(cli)) => same(&format!("{what}, {profile}"), &browser, &cli),
                (Err(_), Err(_)) => {}
                (browser, cli) => panic!("{what}, {profile}: {browser:?} and {cli:?}"),
            }
        }
    }
}

/// Says the first line that differs.
fn same(what: &str, browser: &(String, String), cli: &(String, String)) {
    for (kind, (browser, cli)) in [("output", (&browser.0, &cli.0)), ("report", (&browser.1, &cli.1))] {
        if browser != cli {
            let lines = browser.lines().zip(cli.lines()).enumerate().find(|(_, (a, b))| a != b);
            panic!(
                "{what}: {kind} differs, {} and {} lines, first at {lines:?}",
                browser.lines().count(),
                cli.lines().count()
            );
        }
    }
}

/// So many values of a strategy, from a seed that is told.
fn generated<S: Strategy>(seed: u8, strategy: &S, count: usize) -> Vec<S::Value> {
    eprintln!("seed {seed}");
    let config = Config::default();
    let rng = TestRng::from_seed(config.rng_algorithm, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// Addresses as people type them, and what is none.
fn emails() -> impl Strategy<Value = String> {
    proptest::prop_oneof![
        6 => "[ \t]{0,2}[a-zA-Z0-9][a-zA-Z0-9.+_'-]{0,14}@(gmail|GMail|hotmail|exemple|Example)\\.(com|CA|québec|qc\\.ca)[ \u{a0}]{0,2}",
        2 => "[a-zéèçÉÎŒßΣİK.+]{1,10}@[a-zé.-]{1,8}\\.[a-zÉ]{1,4}",
        1 => "\\PC{0,12}@?\\PC{0,8}\\.?\\PC{0,4}",
        1 => "[a-f0-9]{64}",
    ]
}

/// Numbers as people type them, at home and abroad, and what is none.
fn phones() -> impl Strategy<Value = String> {
    proptest::prop_oneof![
        6 => "(\\+?1[ .-]?)?\\(?[2-9][0-9]{2}\\)?[ .\u{a0}-]?[2-9][0-9]{2}[ .\u{2011}-]?[0-9]{4}",
        2 => "(\\+|011 ?)(33 ?[1-79][0-9]{8}|44 ?7[1-57-9][0-9]{8}|44 20 ?[378][0-9]{7}|49 ?1(51|60|71)[0-9]{8}|32 ?4[5-9][0-9]{7}|52 ?55[0-9]{8}|509 ?[2-5][0-9]{7}|213 ?[5-7][0-9]{8}|86 ?1[3-9][0-9]{9})",
        1 => "(800|900|242|310|456|710|622)[ .-]?[0-9]{3}[ .-]?[0-9]{4}",
        1 => "[0-9]{3,9}",
    ]
}

#[test]
fn the_browser_hashes_as_the_command_line_does() {
    let bench = Bench::new();
    let (emails, phones) = (generated(7, &emails(), 10_000), generated(8, &phones(), 10_000));
    let rows: Vec<String> = emails
        .iter()
        .zip(&phones)
        .enumerate()
        .map(|(n, (email, phone))| {
            format!("{},{},{}", quoted(email), quoted(phone), quoted(["Jazz", "", "Rock, \"métal\"", " Danse "][n % 4]))
        })
        .collect();
    let text = format!("Adresse courriel,Cellulaire,Style\n{}\n", rows.join("\n"));
    bench.alike("generated", text.as_bytes(), &[("genre", "Style", 2)]);
}

#[test]
fn the_vectors_hold_in_the_browser() {
    let bench = Bench::new();
    let vectors: Value = serde_json::from_str(include_str!("../../client/vectors.json")).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    for profile in Profile::ALL {
        for kind in ["email", "phone"] {
            let country = |vector: &Value| vector["country"].as_str().is_none_or(|country| country == "CA");
            let of: Vec<&Value> = vectors
                .iter()
                .filter(|v| v["profile"] == profile.as_str() && v["kind"] == kind && country(v))
                .filter(|v| !v["input"].as_str().unwrap().trim().is_empty())
                .collect();
            let rows: Vec<String> = of.iter().map(|vector| quoted(vector["input"].as_str().unwrap())).collect();
            let text = format!("{kind}\n{}\n", rows.join("\n"));
            let (out, _) = bench.hash(("vectors.csv", text.as_bytes()), profile, json!([])).unwrap();
            let expected: Vec<&str> = of.iter().filter_map(|vector| vector["hash"].as_str()).collect();
            assert!(expected.len() > 3, "{kind} {profile}");
            assert_eq!(out.lines().skip(1).collect::<Vec<_>>(), expected, "{kind} {profile}");
        }
    }
}

#[test]
fn messy_files_are_read_as_the_command_line_reads_them() {
    let bench = Bench::new();
    let utf16: Vec<u8> =
        "\u{feff}courriel\tnom\nélise@example.com\tÉlise\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let long = format!(
        "courriel,nom\na@example.com,{}\nb@example.com,\"{}\"\nc@example.com,x\n",
        "é".repeat(600_000),
        "y".repeat(5_000_000)
    );
    let many: String =
        (0..40_000).map(|n| format!("personne.{n}@example.com;\"Nom \"\"{n}\"\"\nsuite\"\r\n")).collect();
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("semicolons", "Courriel;Nom\r\na@example.com;\"Roy; Ann\"\r\n\r\nb@example.com;\"deux\r\nlignes\"\r\n".into()),
        ("a mark", "\u{feff}E-mail 1,E-mail 2\na@example.com,b@example.com\nA@example.com,a@example.com\n".into()),
        (
            "Windows-1252",
            b"courriel;pr\xe9nom\n\xe9lise@example.com;\xc9lise \x9cuvre\nok@example.com;\xc3\x89lise\n".to_vec(),
        ),
        ("UTF-16", utf16),
        ("no end of line", "courriel\na@example.com".into()),
        ("old Macs", "courriel,nom\ra@example.com,x\rb@example.com,\"y\rz\"\r".into()),
        ("an open quote", "courriel,nom\na@example.com,\"jamais fermé\nb@example.com,x\nc@example.com,y\n".into()),
        ("shifted cells", "courriel,nom\na@example.com,x,y\nb@example.com,x,\nc@example.com\n".into()),
        ("quotes within", "courriel,nom\na@example.com,dit \"Ann\"\n\"b\"@example.com,\"x\"y\"z\n\"\"\n".into()),
        ("pipes and tabs", "tel|courriel\n514 555-0199|a@example.com\n|\n \t|b@example.com\n".into()),
        ("hashes among addresses", format!("courriel\na@example.com\n{}\n", hash("b@example.com")).into()),
        ("long cells", long.into()),
        ("many quoted lines", format!("courriel;nom\r\n{many}").into()),
        ("nothing taken", "courriel\nrien\n".into()),
        ("no identifier", "nom,ville\nAnn,Laval\n".into()),
        ("no header", "a@example.com,Ann\nb@example.com,Bob\n".into()),
        ("hashed already", format!("courriel\n{}\n", hash("b@example.com")).into()),
        ("blank", "\n\n  \n".into()),
        ("no row", "courriel,nom\n".into()),
    ];
    for (what, bytes) in files {
        if ["nothing taken", "no identifier"].contains(&what) {
            // The page lets the columns be chosen, and shows the report where nothing can leave.
            continue;
        }
        bench.alike(what, &bytes, &[]);
    }
}

/// Numbers as few write them, and what stands beside numbers in exports.
fn odd_phones() -> impl Strategy<Value = String> {
    let number = "(\\(514\\) 555-|514\\.555\\.|\\+33 1 42 68 |1-800-|011 44 20 7183 )[0-9]{4}";
    let before = "(|Tel: |tel:|Tél\\. |\\+\\+|00|\\+011|＋1 |\\+ 1 |\\+1\\(0\\)|\\(\\+1\\) )";
    let after = "(| x[0-9]{2}| ext\\. [0-9]{3}| poste [0-9]{3}|#[0-9]{2}|/514-555-0199| ou 514 555 0199|;ext=[0-9]{2}| \\(maison\\)|a|\\*|, 12|\u{200b})";
    proptest::prop_oneof![
        4 => (before, number, after).prop_map(|(before, number, after)| format!("{before}{number}{after}")),
        1 => "\\+(33|44|49|86|52|509)[0-9]{6,13}",
        1 => "(514/555/0123|514~555-0123|514 555ー0123|٥١٤ 555 0123|1-800-FLOWERS|5 1 4 5 5 5 0 1 2 3|514–555–0199)",
        1 => "[+(]{0,2}[0-9 ().x\\-+;=a-z/*\u{a0}é٣０-９]{0,24}",
    ]
}

/// The browser's library and the command line's are two programs. Of odd numbers the command line takes some that the browser refuses
/// (`docs/adr/0013-hashing-in-the-browser.md`); none is hashed two ways, and the browser takes none that the command line refuses.
#[test]
fn odd_numbers_are_never_hashed_two_ways() {
    let bench = Bench::new();
    let rows: Vec<String> =
        generated(9, &odd_phones(), 4_000).iter().map(|number| format!("{},0", quoted(number))).collect();
    let text = format!("telephone,nom\n{}\n+15145550199,0\n", rows.join("\n"));
    let file = ("odd.csv", text.as_bytes());
    let browser = bench.hash(file, Profile::Google, json!([])).unwrap();
    let cli = bench.by_command_line(file, Profile::Google, &[]).unwrap();
    let refused = |report: &str| -> std::collections::BTreeSet<u64> {
        report.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect()
    };
    let (here, there) = (refused(&browser.1), refused(&cli.1));
    let lines: Vec<&str> = text.lines().collect();
    let told =
        |numbers: Vec<&u64>| numbers.iter().map(|line| lines[**line as usize - 1].to_owned()).collect::<Vec<_>>();
    let (cli_alone, browser_alone) = (told(here.difference(&there).collect()), told(there.difference(&here).collect()));
    eprintln!("the command line alone takes {} of {} odd numbers", cli_alone.len(), rows.len());
    assert_eq!(browser_alone, Vec::<String>::new());
    assert!(there.len() < rows.len() * 4 / 5, "too few are numbers at all: {} of {}", there.len(), rows.len());
    let taken = |out: &str, refused: &std::collections::BTreeSet<u64>| -> std::collections::BTreeMap<u64, String> {
        let lines = (2..=rows.len() as u64 + 2).filter(|line| !refused.contains(line));
        lines.zip(out.lines().skip(1).map(str::to_owned)).collect()
    };
    let (here, there) = (taken(&browser.0, &here), taken(&cli.0, &there));
    for (line, hash) in &here {
        assert!(there.get(line).is_none_or(|other| other == hash), "line {line}: {}", lines[*line as usize - 1]);
    }
}

/// A workbook as Excel writes one, made by hand: strings that are shared and in place, numbers, days, an empty row.
fn workbook(path: &Path) {
    let program = r#"
import sys, zipfile
parts = {
"_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
"xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="Cach&#233;e" sheetId="1" state="hidden" r:id="rId9"/><sheet name="Clients &amp; clientes" sheetId="2" r:id="rId1"/></sheets></workbook>',
"xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId9" Type="x/worksheet" Target="worksheets/sheet9.xml"/><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>',
"xl/styles.xml": '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-40C]d\\ mmmm\\ yyyy;@"/><numFmt numFmtId="171" formatCode="0.00&quot; $ days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>',
"xl/sharedStrings.xml": '<sst><si><t>Courriel</t></si><si><t>T\u00e9l\u00e9phone</t></si><si><t>Date</t></si><si><t>Montant</t></si><si><r><t xml:space="preserve"> \u00c9lise</t></r><rPh><t>no</t></rPh><r><t>@Example.ca</t></r></si><si><t><![CDATA[a&b@example.com]]></t></si></sst>',
"xl/worksheets/sheet1.xml": '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c></row><row r="2"><c r="A2" t="s"><v>4</v></c><c r="B2"><v>5.145550123E9</v></c><c r="C2" s="1"><v>46085.5</v></c><c r="D2" s="2"><v>0.30000000000000004</v></c></row><row r="3"/><row r="4"><c r="A4" t="s"><v>5</v></c><c r="D4"><f>1+1</f><v>2</v></c></row><row r="6"><c r="A6" t="inlineStr"><is><t>faux</t></is></c></row></sheetData></worksheet>',
}
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for name, text in parts.items():
        archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>\n' + text)
"#;
    assert!(Command::new("python3").args(["-c", program]).arg(path).status().unwrap().success());
}

#[test]
fn a_workbook_is_its_rows() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("liste.xlsx");
    workbook(&path);
    let columns = json!([{"name": "purchased", "index": 2}, {"name": "amount", "index": 3}]);
    let bytes = fs::read(&path).unwrap();
    let (out, report) = bench.hash(("liste.xlsx", &bytes), Profile::Google, columns.clone()).unwrap();
    let same = "Courriel,Téléphone,Date,Montant\nélise@example.ca,5145550123,2026-03-04,0.3\n\na&b@example.com,,,2\n";
    let (expected, _) = bench
        .by_command_line(("liste.csv", same.as_bytes()), Profile::Google, &["purchased=Date", "amount=Montant"])
        .unwrap();
    assert_eq!(out, expected);
    assert_eq!(report, "line,column,reason\n6,Courriel,not an e-mail address\n");
    // Half of it, and what is none.
    for damaged in [&bytes[..bytes.len() / 2], b"PK\x03\x04 nothing of the kind"] {
        assert_eq!(bench.hash(("liste.xlsx", damaged), Profile::Google, columns.clone()), Err("damaged".to_owned()));
    }
}

/// What reads a list has no way to the network: the browser is told to let it load nothing and speak to nobody.
#[test]
fn the_worker_can_speak_to_nobody() {
    let bench = Bench::new();
    let address = bench.browser.script("return document.querySelector('#upload').dataset.worker", &[]);
    let reply = bench.served.call("GET", "", address.as_str().unwrap(), &[], b"").unwrap();
    assert_eq!(reply.headers["content-security-policy"].to_str().unwrap(), camerata::http::API_POLICY);
    assert!(reply.body.starts_with("/*! libphonenumber-js\n(The MIT License)"));
    assert!(!reply.body.contains("sourceMappingURL"));
    for way in ["fetch(", "XMLHttpRequest", "WebSocket", "importScripts", "import(", "sendBeacon", "EventSource"] {
        assert!(!reply.body.contains(way), "nor does it try: {way}");
    }
}
