//! A document in Markdown as a part of a page: headings have the anchors that its own links name, links lead to where the room serves what
//! they name, and HTML in it stays text.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};
use std::collections::BTreeMap;

/// The parts of a text that has a main heading for each language: what stands under the nth, or all of it where there is only one.
pub(super) fn part(text: &str, nth: usize) -> &str {
    let mut fenced = false;
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("```") {
            fenced = !fenced;
        }
        if !fenced && line.starts_with("# ") {
            starts.push(at);
        }
        at += line.len();
    }
    let (Some(start), 2..) = (starts.get(nth), starts.len()) else { return text };
    text.get(*start..starts.get(nth + 1).copied().unwrap_or(text.len())).unwrap_or(text)
}

/// The document as HTML. `known` gives the address of another document by its file's name.
pub(super) fn rendered(text: &str, known: impl Fn(&str) -> Option<String>) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events: Vec<Event<'_>> = Parser::new_ext(text, options).collect();
    anchor(&mut events);
    let mut leads = Vec::new();
    let events = events.into_iter().flat_map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => vec![Event::Text(html)],
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let to = address(&dest_url, link_type, &known);
            leads.push(to.is_some());
            to.map(|to| Event::Start(Tag::Link { link_type, dest_url: to.into(), title, id })).into_iter().collect()
        }
        // What isn't served here is named without being a link.
        Event::End(TagEnd::Link) if leads.pop() == Some(false) => vec![],
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => vec![],
        Event::Start(Tag::Table(columns)) => {
            vec![Event::Html(r#"<div class="scroll" tabindex="0">"#.into()), Event::Start(Tag::Table(columns))]
        }
        Event::End(TagEnd::Table) => vec![Event::End(TagEnd::Table), Event::Html("</div>".into())],
        Event::Start(Tag::CodeBlock(kind)) => {
            vec![Event::Html(r#"<div class="scroll code" tabindex="0">"#.into()), Event::Start(Tag::CodeBlock(kind))]
        }
        Event::End(TagEnd::CodeBlock) => vec![Event::End(TagEnd::CodeBlock), Event::Html("</div>".into())],
        other => vec![other],
    });
    let mut written = String::with_capacity(text.len() * 2);
    html::push_html(&mut written, events);
    written
}

/// Gives each heading the anchor that forges give it: its words in small letters, joined by hyphens; the second of the same, `-1`.
fn anchor(events: &mut [Event<'_>]) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut open: Option<usize> = None;
    let mut words = String::new();
    let mut found = Vec::new();
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { .. }) => (open, words) = (Some(at), String::new()),
            Event::Text(text) | Event::Code(text) if open.is_some() => words.push_str(text),
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&words);
                let before = seen.entry(slug.clone()).or_default();
                let name = if *before == 0 { slug } else { format!("{slug}-{before}") };
                *before += 1;
                found.extend(open.take().map(|at| (at, name)));
            }
            _ => {}
        }
    }
    for (at, name) in found {
        if let Some(Event::Start(Tag::Heading { id, .. })) = events.get_mut(at) {
            *id = Some(CowStr::from(name));
        }
    }
}

fn slug(words: &str) -> String {
    let kept = words.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Where a link leads: within the document, to another one, or to a place of the web.
fn address(to: &str, kind: LinkType, known: &impl Fn(&str) -> Option<String>) -> Option<String> {
    if to.starts_with('#') || kind == LinkType::Email || to.starts_with("https://") {
        return Some(to.to_owned());
    }
    let (file, anchor) = to.split_once('#').map_or((to, String::new()), |(file, anchor)| (file, format!("#{anchor}")));
    known(file).map(|address| address + &anchor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_what_is_served_and_html_is_text() {
        let text = "# Un *titre*, là\n\n[a](#un-titre-là) [b](AUDIT.md#c) [d](../src/x.rs) [e](javascript:alert(1)) <script>x</script>\n\n# Un titre, là\n";
        let html = rendered(text, |file| (file == "AUDIT.md").then(|| "/documentation/audit".to_owned()));
        assert!(html.contains(r##"<h1 id="un-titre-là">"##) && html.contains(r##"<h1 id="un-titre-là-1">"##), "{html}");
        assert!(html.contains(r##"<a href="#un-titre-l%C3%A0">a</a>"##), "{html}");
        assert!(html.contains(r#"<a href="/documentation/audit#c">b</a> d e"#), "{html}");
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
    }

    #[test]
    fn a_text_in_two_languages_is_read_in_one() {
        let text = "# Un\n\n```\n# pas un titre\n```\n\n# One\n\nb\n";
        assert_eq!(part(text, 0), "# Un\n\n```\n# pas un titre\n```\n\n");
        assert_eq!(part(text, 1), "# One\n\nb\n");
        assert_eq!(part("# Both\n\na\n", 1), "# Both\n\na\n");
    }
}
