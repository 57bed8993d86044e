//! Why each rule is there and what to write instead, in French and in English.

use super::Rule;
use crate::template::mistake::Words;

/// A rule's reason and its way out, each in French and in English.
pub(super) struct Advice {
    pub(super) why: Words,
    pub(super) instead: Words,
}

impl Advice {
    pub(super) fn on(rule: Rule) -> Self {
        match rule {
            Rule::Syntax => SYNTAX,
            Rule::OneQuery => ONE_QUERY,
            Rule::Relation => RELATION,
            Rule::Column => COLUMN,
            Rule::Name => NAME,
            Rule::Join => JOIN,
            Rule::Set => SET,
            Rule::Output => OUTPUT,
            Rule::Release => RELEASE,
            Rule::Person => PERSON,
            Rule::Condition => CONDITION,
            Rule::Expression => EXPRESSION,
            Rule::Constant => CONSTANT,
            Rule::Function => FUNCTION,
            Rule::Aggregate => AGGREGATE,
            Rule::Window => WINDOW,
            Rule::Subquery => SUBQUERY,
            Rule::Order => ORDER,
            Rule::Unused => UNUSED,
            Rule::Clause => CLAUSE,
        }
    }
}

const SYNTAX: Advice = Advice {
    why: ("ce qui ne se lit pas ne peut être prouvé inoffensif", "what can't be read can't be proven harmless"),
    instead: (
        "écrivez du SQL ordinaire, comme DuckDB le lit, d’au plus 16 Kio",
        "write plain SQL as DuckDB reads it, at most 16 KiB",
    ),
};
const ONE_QUERY: Advice = Advice {
    why: (
        "un modèle calcule une seule réponse et ne change rien",
        "a template computes one answer and changes nothing",
    ),
    instead: (
        "écrivez un seul SELECT, sans point-virgule entre des instructions",
        "write a single SELECT, without semicolons between statements",
    ),
};
const RELATION: Advice = Advice {
    why: (
        "un modèle ne voit que ce que les propriétaires de ses auditoires ont accepté, et rien du moteur ni de la machine",
        "a template sees only what its audiences' owners agreed to, and nothing of the engine or the machine",
    ),
    instead: (
        "nommez un auditoire du manifeste, ou une CTE définie plus haut",
        "name an audience of the manifest, or a CTE defined before",
    ),
};
const COLUMN: Advice = Advice {
    why: (
        "les propriétaires acceptent les colonnes que le manifeste déclare, et aucune autre",
        "owners agree to the columns that the manifest declares, and to no others",
    ),
    instead: (
        "déclarez-la dans `columns` du manifeste, ou écrivez `relation.colonne` si plusieurs l’ont; après un LEFT JOIN, `person` est celle du côté gauche",
        "declare it in the manifest's `columns`, or write `relation.column` if several have it; after a LEFT JOIN, `person` is that of the left side",
    ),
};
const NAME: Advice = Advice {
    why: (
        "un nom aux lettres ou aux guillemets inhabituels peut passer pour un autre",
        "a name in unusual letters or quotes can look like another one",
    ),
    instead: (
        "prenez a-z, 0-9 et _, au plus 63, sans guillemets, et un nom encore libre",
        "use a-z, 0-9 and _, at most 63, without quotes, and a name that isn't taken",
    ),
};
const JOIN: Advice = Advice {
    why: (
        "des rangées qui se joignent sur autre chose que person laissent une personne changer les rangées d’une autre",
        "rows that meet on anything but person let one person change another person's rows",
    ),
    instead: (
        "écrivez JOIN, LEFT JOIN, SEMI JOIN ou ANTI JOIN … USING (person), ou … ON a.person = b.person AND d’autres conditions; sauf pour JOIN, celles-ci portent sur le côté droit seul, ou le comparent au gauche",
        "write JOIN, LEFT JOIN, SEMI JOIN or ANTI JOIN … USING (person), or … ON a.person = b.person AND more; but for JOIN, more is on the right side alone, or compares it with the left",
    ),
};
const SET: Advice = Advice {
    why: (
        "les côtés se correspondent par position : des colonnes inégales pourraient mettre autre chose à la place de person",
        "sides are matched by position: unequal columns could put something else in the place of person",
    ),
    instead: (
        "sélectionnez des deux côtés les mêmes colonnes, sous les mêmes noms, dans le même ordre",
        "select the same columns under the same names, in the same order, on both sides",
    ),
};
const OUTPUT: Advice = Advice {
    why: (
        "des rangées qui ne disent pas à qui elles sont ne peuvent être bornées par personne",
        "rows that don't say whose they are can't be bounded by person",
    ),
    instead: (
        "sélectionnez `person` sous son propre nom, et chaque autre colonne une fois, comme … AS nom",
        "select `person` under its own name, and every other column once, as … AS name",
    ),
};
const RELEASE: Advice = Advice {
    why: (
        "une publication ne borne que les colonnes qu’elle nomme, et seulement si leurs valeurs possibles sont connues d’avance",
        "a release bounds only the columns that it names, and only if their possible values are known beforehand",
    ),
    instead: (
        "accordez le SELECT et [release] : mêmes noms, et les sortes de colonnes que cette publication prend",
        "make the SELECT and [release] agree: the same names, and columns of the kinds that this release takes",
    ),
};
const PERSON: Advice = Advice {
    why: ("regarder la valeur de person isole quelqu’un", "looking at the value of a person singles someone out"),
    instead: (
        "joignez sur person, groupez par person; filtrez sur des colonnes déclarées",
        "join on person, group by it; filter on declared columns",
    ),
};
const CONDITION: Advice = Advice {
    why: (
        "seules les comparaisons dépendent à coup sûr de la rangée seule, et n’échouent sur aucune",
        "only comparisons are known to depend on the row alone and to fail on none",
    ),
    instead: (
        "comparez par =, <>, <, <=, >, >=, IN, BETWEEN ou IS NULL, reliés par AND, OR et NOT",
        "compare with =, <>, <, <=, >, >=, IN, BETWEEN or IS NULL, joined by AND, OR and NOT",
    ),
};
const EXPRESSION: Advice = Advice {
    why: (
        "une opération qui peut échouer sur une rangée dirait par son échec que cette rangée existe",
        "an operation that can fail on some row would tell by its failure that the row exists",
    ),
    instead: (
        "calculez avec + - *, et avec // et % par une constante entière positive; choisissez avec CASE, least, greatest et coalesce",
        "calculate with + - *, and with // and % by a positive whole constant; choose with CASE, least, greatest and coalesce",
    ),
};
const CONSTANT: Advice = Advice {
    why: (
        "une comparaison entre valeurs de sortes différentes peut échouer sur une rangée, et l’échec dirait que cette rangée existe",
        "a comparison across kinds can fail on some row, and the failure would tell that the row exists",
    ),
    instead: (
        "écrivez l’identifiant d’une valeur entre apostrophes pour une catégorie, des cents entiers pour un montant, DATE 'AAAA-MM-JJ' pour une date, $nom pour un paramètre du manifeste",
        "write a value's id in quotes for a category, whole cents for an amount, DATE 'YYYY-MM-DD' for a date, $name for a parameter of the manifest",
    ),
};
const FUNCTION: Advice = Advice {
    why: (
        "une fonction peut être aléatoire, lire l’horloge ou des fichiers, ou échouer sur une rangée",
        "a function can be random, read the clock or files, or fail on some row",
    ),
    instead: (
        "prenez abs, least, greatest, coalesce, date_diff('day' ou 'month', …), year, month",
        "use abs, least, greatest, coalesce, date_diff('day' or 'month', …), year, month",
    ),
};
const AGGREGATE: Advice = Advice {
    why: (
        "un agrégat qui n’est pas groupé par person mêle les rangées de plusieurs; un agrégat qui dépend de l’ordre des rangées n’a pas qu’une réponse",
        "an aggregate that isn't grouped by person mixes the rows of many; one that depends on the order of rows has no single answer",
    ),
    instead: (
        "écrivez GROUP BY person, et agrégez avec count, sum, min, max, bool_or ou bool_and, au besoin avec FILTER (WHERE …); laissez la publication compter les personnes",
        "GROUP BY person, and aggregate with count, sum, min, max, bool_or or bool_and, with FILTER (WHERE …) if need be; leave counting persons to the release",
    ),
};
const WINDOW: Advice = Advice {
    why: (
        "une fenêtre qui n’est pas divisée par person regarde les rangées des autres; une fenêtre qui départage les égalités n’a pas qu’une réponse",
        "a window that isn't partitioned by person looks at the rows of others; one that tells ties apart has no single answer",
    ),
    instead: (
        "écrivez count, sum, min, max, rank ou dense_rank OVER (PARTITION BY person ORDER BY …), sans cadre, dans un SELECT sans GROUP BY",
        "write count, sum, min, max, rank or dense_rank OVER (PARTITION BY person ORDER BY …), without a frame, in a SELECT without GROUP BY",
    ),
};
const SUBQUERY: Advice = Advice {
    why: (
        "une sous-requête laisse les rangées d’une personne décider pour une autre",
        "a subquery lets the rows of one person decide about another",
    ),
    instead: (
        "écrivez person IN (SELECT person FROM …), ou EXISTS (SELECT 1 FROM x WHERE x.person = a.person AND des conditions sur x), comme condition à part entière du WHERE",
        "write person IN (SELECT person FROM …), or EXISTS (SELECT 1 FROM x WHERE x.person = a.person AND conditions on x), as a condition of its own in WHERE",
    ),
};
const ORDER: Advice = Advice {
    why: (
        "les rangées gardées dépendraient de celles d’autres personnes",
        "which rows are kept would depend on the rows of other persons",
    ),
    instead: (
        "enlevez-le, car la publication ne dépend pas de l’ordre, et borne elle-même chaque personne",
        "leave it out: the release doesn't depend on order, and bounds persons by itself",
    ),
};
const UNUSED: Advice = Advice {
    why: (
        "un propriétaire aurait à accepter plus qu’il ne faut",
        "an owner would be asked to agree to more than is needed",
    ),
    instead: ("servez-vous-en, ou enlevez-le du manifeste", "use it, or take it out of the manifest"),
};
const CLAUSE: Advice = Advice {
    why: (
        "seules les clauses dont la localité est prouvée sont connues ici",
        "only clauses that are proven person-local are known here",
    ),
    instead: ("enlevez-la", "leave it out"),
};
