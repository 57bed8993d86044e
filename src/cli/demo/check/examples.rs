//! The question that each template gives as its example, as the member would ask it who owns the last audience named.

use serde_json::{Value, json};

/// What the walk asks at: wide, so that all examples together take little of a budget.
const MARGIN: u64 = 500;

/// A template's example as a question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Example {
    pub(super) template: String,
    /// The member that asks.
    pub(super) asker: String,
    pub(super) question: Value,
    /// How many figures must come; `None` where that depends on the data.
    figures: Option<usize>,
}

/// The examples of the room's templates, by `GET /api/v1/templates`.
pub(super) fn examples(templates: &Value) -> Result<Vec<Example>, String> {
    let templates = templates.get("templates").and_then(Value::as_array).ok_or("no `templates`")?;
    templates
        .iter()
        .map(|template| example(template).ok_or_else(|| format!("no example: {}", template["name"])))
        .collect()
}

fn example(template: &Value) -> Option<Example> {
    let name = template.get("name")?.as_str()?;
    let example = template.get("example").filter(|example| !example.is_null())?;
    let audiences = example.get("audiences")?;
    let last = audiences.as_object()?.values().next_back()?;
    let last = last.as_str().or_else(|| last.as_array()?.last()?.as_str())?;
    let mut question = json!({"template": name, "audiences": audiences, "purpose": "planification", "margin": MARGIN});
    if let (Some(parameters), Some(question)) = (example.get("parameters"), question.as_object_mut()) {
        question.insert("parameters".into(), parameters.clone());
    }
    let figures = example.get("figures").and_then(Value::as_u64).and_then(|figures| usize::try_from(figures).ok());
    let asker = last.split_once('/')?.0.to_owned();
    Some(Example { template: name.to_owned(), asker, question, figures: figures.filter(|figures| *figures > 0) })
}

impl Example {
    /// Holds an answer to the example: as many figures, each withheld or with its interval around it, and a loss.
    pub(super) fn answered(&self, answer: &Value) -> Result<usize, String> {
        let figures = answer.get("figures").and_then(Value::as_array).ok_or("no `figures`")?;
        if self.figures.is_some_and(|wanted| wanted != figures.len()) {
            return Err(format!("{} figures", figures.len()));
        }
        for figure in figures {
            let interval = figure.get("interval").and_then(Value::as_array);
            let around = interval.map(|ends| ends.iter().filter_map(Value::as_i64).sum::<i64>());
            let value = figure.get("value").and_then(Value::as_i64);
            let withheld = figure.get("withheld").and_then(Value::as_bool).ok_or("no `withheld`")?;
            let sound = match (value, around) {
                (Some(value), Some(around)) => !withheld && value.checked_mul(2) == Some(around),
                (None, Some(_)) => false,
                (_, None) => true,
            };
            if !sound || (withheld && value.is_some()) {
                return Err("a figure without its interval, or told though withheld".to_owned());
            }
        }
        let rho = answer.get("rho").and_then(Value::as_u64).unwrap_or(0);
        if rho == 0 { Err("no loss".to_owned()) } else { Ok(figures.len()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_owner_of_the_last_audience_asks_and_the_answer_is_held_to_its_shape() {
        let templates = json!({"templates": [{"name": "venn", "example":
            {"audiences": {"audiences": ["festival/abonnes", "salle/abonnes"]}, "parameters": {"n": 1}, "figures": 3}}]});
        let found = examples(&templates).unwrap();
        let venn = found.first().unwrap();
        assert_eq!((venn.asker.as_str(), &venn.question["parameters"]["n"]), ("salle", &json!(1)));
        let figure = json!({"value": 5, "interval": [-495, 505], "withheld": false});
        let withheld = json!({"value": null, "interval": null, "withheld": true});
        let answer = |figures: Value| json!({"figures": figures, "rho": 1});
        assert_eq!(venn.answered(&answer(json!([figure, figure, withheld]))), Ok(3));
        assert!(venn.answered(&answer(json!([figure, figure]))).is_err());
        let told = json!({"value": 5, "interval": null, "withheld": true});
        assert!(venn.answered(&answer(json!([figure, figure, told]))).is_err());
        assert!(venn.answered(&json!({"figures": [figure, figure, figure]})).is_err());
        assert!(examples(&json!({"templates": [{"name": "x", "example": null}]})).is_err());
    }
}
