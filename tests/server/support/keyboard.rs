//! A browser without a mouse.

use super::browser::Browser;
use fantoccini::key::Key;
use serde_json::Value;

impl Browser {
    /// Strikes keys, wherever the focus is.
    pub fn strike(&self, keys: &str) {
        self.run(async {
            let focused = self.client().active_element().await?;
            focused.send_keys(keys).await
        })
        .unwrap_or_else(|error| panic!("{keys:?}: {error}"));
    }

    /// Goes down a closed list until it says this.
    #[track_caller]
    pub fn down_to(&self, value: &str) {
        for _ in 0..60 {
            if self.script("return document.activeElement.value", &[]).as_str() == Some(value) {
                return;
            }
            self.strike(&char::from(Key::Down).to_string());
        }
        panic!("{value} isn't reached by the keyboard on {}", self.path());
    }

    /// Presses what has the focus.
    pub fn enter(&self) {
        self.strike(&char::from(Key::Enter).to_string());
    }

    /// Goes from one thing to the next until it is at this one; all that it passes can be seen to have the focus.
    #[track_caller]
    pub fn tab_to(&self, css: &str) {
        let look = "const at = document.activeElement;
            const shape = getComputedStyle(at);
            const seen = at === document.body || (shape.outlineStyle !== 'none' && parseFloat(shape.outlineWidth) >= 2);
            return [at.matches(arguments[0]), seen, at.outerHTML.slice(0, 120)]";
        for _ in 0..120 {
            self.strike(&char::from(Key::Tab).to_string());
            let found = self.script(look, &[css.into()]);
            assert_eq!(found[1], Value::Bool(true), "the focus isn't seen: {found}");
            if found[0] == Value::Bool(true) {
                return;
            }
        }
        panic!("{css} isn't reached by the keyboard on {}", self.path());
    }
}
