//! Finds the paths (`crate::store::X`, `duckdb::Connection`) that a Rust source file names, without compiling it.

/// Every path in the file, absolute where it could be told: `super` and `self` are resolved against `module`.
pub fn paths(text: &str, module: &[&str]) -> Vec<Vec<String>> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut modules: Vec<(String, usize)> = Vec::new();
    let (mut at, mut depth) = (0, 0);
    while at < tokens.len() {
        let token = tokens[at].as_str();
        let mut next = at + 1;
        match token {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                modules.pop_if(|(_, opened)| *opened > depth);
            }
            "mod" if tokens.get(at + 2).is_some_and(|t| t == "{") => modules.push((tokens[at + 1].clone(), depth + 1)),
            "use" => {
                let mut tree = Vec::new();
                next = use_tree(&tokens, at + 1, &mut Vec::new(), &mut tree);
                found.extend(tree.into_iter().map(|path| absolute(path, module, &modules)));
            }
            _ if is_word(token) && tokens.get(at + 1).is_some_and(|t| t == "::") => {
                let mut path = vec![token.to_owned()];
                while tokens.get(next).is_some_and(|t| t == "::") && tokens.get(next + 1).is_some_and(|t| is_word(t)) {
                    path.push(tokens[next + 1].clone());
                    next += 2;
                }
                found.push(absolute(path, module, &modules));
            }
            _ => {}
        }
        at = next;
    }
    found
}

/// Reads one tree of a `use`, from `at` on; returns where it ends.
fn use_tree(tokens: &[String], mut at: usize, prefix: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let length = prefix.len();
    let mut ended = false;
    while let Some(token) = tokens.get(at).map(String::as_str) {
        match token {
            "::" => {}
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|t| t != "}") {
                    at = use_tree(tokens, at, prefix, found);
                    at += usize::from(tokens.get(at).is_some_and(|t| t == ","));
                }
                ended = true;
            }
            "as" => at += 1,
            ";" | "," | "}" => break,
            word => prefix.push(word.to_owned()),
        }
        at += 1;
    }
    if !ended && prefix.len() > length {
        found.push(prefix.clone());
    }
    prefix.truncate(length);
    at
}

fn absolute(path: Vec<String>, module: &[&str], inner: &[(String, usize)]) -> Vec<String> {
    let climbs = path.iter().take_while(|segment| *segment == "super").count();
    let own = path.first().is_some_and(|segment| segment == "self");
    if climbs == 0 && !own {
        return path;
    }
    let here: Vec<String> = module.iter().map(|m| (*m).to_owned()).chain(inner.iter().map(|(m, _)| m.clone())).collect();
    let kept = here.into_iter().rev().skip(climbs).collect::<Vec<_>>();
    let rest = path.into_iter().skip(climbs + usize::from(own));
    ["crate".to_owned()].into_iter().chain(kept.into_iter().rev()).chain(rest).collect()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words, `::`, and single signs; without comments, strings and characters.
pub fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        match chars[at] {
            '/' if next == '/' => at = position(&chars, at, |c| c == '\n'),
            '/' if next == '*' => at = block_comment(&chars, at),
            '"' => at = string(&chars, at + 1),
            'r' | 'b' | 'c' if literal_prefix(&chars, at) && !follows_word(&chars, at) => at = literal(&chars, at),
            '\'' if next == '\\' || chars.get(at + 2) == Some(&'\'') => at = position(&chars, at + 2 + usize::from(next == '\\'), |c| c == '\'') + 1,
            ':' if next == ':' => {
                found.push("::".to_owned());
                at += 2;
            }
            c if c.is_alphanumeric() || c == '_' => {
                let end = position(&chars, at, |c| !c.is_alphanumeric() && c != '_');
                found.push(chars[at..end].iter().collect());
                at = end;
            }
            c => {
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
                at += 1;
            }
        }
    }
    found
}

fn position(chars: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    (from..chars.len()).find(|at| stop(chars[*at])).unwrap_or(chars.len())
}

fn follows_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

/// Whether a literal such as `r"`, `br#"` or `b'` begins here.
fn literal_prefix(chars: &[char], at: usize) -> bool {
    let rest: String = chars[at..chars.len().min(at + 12)].iter().collect();
    let rest = rest.trim_start_matches("br").trim_start_matches("cr").trim_start_matches(['r', 'b', 'c']);
    rest.starts_with('"') || (rest.starts_with('#') && rest.trim_start_matches('#').starts_with('"')) || (chars[at] == 'b' && rest.starts_with('\''))
}

fn literal(chars: &[char], at: usize) -> usize {
    let quote = position(chars, at, |c| c == '"' || c == '\'' || c == '#');
    if chars.get(quote) == Some(&'\'') {
        let escaped = usize::from(chars.get(quote + 1) == Some(&'\\'));
        return position(chars, quote + 2 + escaped, |c| c == '\'') + 1;
    }
    if !chars[at..quote].contains(&'r') {
        return string(chars, quote + 1);
    }
    let open = position(chars, quote, |c| c == '"');
    let hashes = open - quote;
    let closes = |end: &usize| chars[*end] == '"' && chars[end + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
    (open + 1..chars.len()).find(closes).map_or(chars.len(), |end| end + 1 + hashes)
}

fn string(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn block_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

#[test]
fn paths_are_found_in_every_form() {
    let text = r###"
        use crate::{model::{Rho, Loss as L}, store::*};
        use super::super::ledger;
        pub(crate) use self::inner::Thing;
        // use crate::comment::no; and /* crate::no */
        const TEXT: &str = "crate::string::no";
        const RAW: &str = r#"crate::"raw"::no"#;
        fn f<'a>(x: &'a duckdb::Connection) -> char { let _ = Vec::<crate::privacy::Tally>::new(); 'c' }
        mod tests { use super::*; mod deep { fn g() { super::super::help::me() } } }
        fn after() { super::sibling::x() }
    "###;
    let found: Vec<String> = paths(text, &["gateway", "ask"]).iter().map(|path| path.join("::")).collect();
    assert_eq!(
        found,
        [
            "crate::model::Rho", "crate::model::Loss", "crate::store::*", "crate::ledger", "crate::gateway::ask::inner::Thing",
            "duckdb::Connection", "Vec", "crate::privacy::Tally", "crate::gateway::ask::*", "crate::gateway::ask::help::me",
            "crate::gateway::sibling::x",
        ]
    );
}

#[test]
fn literals_hide_what_they_hold() {
    for text in [r"'\''", r"b'\\'", "'\"'", r#""\"crate::x""#, r###"br##"crate::"# "##"###, "b\"crate::x\"", "/* /* crate::x */ */"] {
        assert_eq!(tokens(&format!("{text} end")).last().map(String::as_str), Some("end"), "{text}");
        assert!(!tokens(text).iter().any(|token| token == "crate"), "{text}");
    }
    assert_eq!(tokens("for bar in b"), ["for", "bar", "in", "b"]);
    assert_eq!(tokens("fn f<'a>() where 'a: 'b {}").first().map(String::as_str), Some("fn"));
}
