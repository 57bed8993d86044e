//! What the room refuses about users, and how it says so.

use crate::model::Text;

/// What the room refuses about users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such thing, or not for who asks; the two are told alike.
    NotFound,
    /// The address can't be one.
    Email,
    /// The name is empty, too long, or taken in this member.
    Name,
    /// A password that is too short, too long or too easily guessed.
    Password(Text),
    /// A role that who asks can't give or take.
    Roles,
    /// The member would have no officer, or the room no host.
    Last,
    /// The member has an officer, who invites.
    HasOfficer,
    /// The current password is not this.
    WrongPassword,
    /// The code is wrong, used, or of another time.
    WrongCode,
    /// What the authenticator gave isn't for this, or came too late.
    WrongPasskey,
    /// The room is reached by a number and not by a name, to which no passkey can be bound.
    NoPasskeys,
    /// Nothing would be left to sign in with.
    LastMeans,
    /// The role, or the room, requires two factors.
    Required,
    /// A token lasts from 1 day to a year.
    Days,
    /// A letter that always comes.
    Letter,
    /// Too many requests of the kind are waiting.
    Busy,
    /// Too many tries: try again after these seconds.
    Later(u64),
}

impl Refusal {
    /// In both languages.
    pub fn text(&self) -> Text {
        match self {
            Self::NotFound => Text::new("introuvable, ou plus valable", "not found, or no longer valid"),
            Self::Email => Text::new("ce n’est pas une adresse de courriel", "this is no e-mail address"),
            Self::Name => Text::new(
                "ce nom est vide, trop long, ou celui de quelqu’un d’autre chez ce membre",
                "this name is empty, too long, or somebody else's in this member",
            ),
            Self::Password(text) => text.clone(),
            Self::Roles => Text::new(
                "ces rôles ne sont pas de ceux que vous donnez ou retirez",
                "these roles are not among those you give or take",
            ),
            Self::Last => Text::new(
                "personne d’autre ne tient ce rôle : donnez-le d’abord à quelqu’un",
                "nobody else holds this role: give it to somebody first",
            ),
            Self::HasOfficer => Text::new(
                "ce membre a un responsable de la conformité : c’est à lui d’inviter",
                "this member has an officer, who invites",
            ),
            Self::WrongPassword => {
                Text::new("le mot de passe actuel n’est pas celui-là", "the current password is not this one")
            }
            Self::WrongCode => Text::new(
                "ce code est faux, déjà employé, ou d’un autre moment",
                "this code is wrong, used already, or of another time",
            ),
            Self::WrongPasskey => Text::new(
                "cette clé d’accès ne convient pas ici, ou la réponse est venue trop tard",
                "this passkey isn't one for this, or its answer came too late",
            ),
            Self::NoPasskeys => Text::new(
                "l’adresse de la salle (public_url) est un numéro : une clé d’accès se lie à un nom",
                "the room's address (public_url) is a number: a passkey is bound to a name",
            ),
            Self::LastMeans => Text::new(
                "il ne resterait pas de quoi vous connecter : ajoutez d’abord un autre moyen",
                "nothing would be left for you to sign in with: add another means first",
            ),
            Self::Required => Text::new(
                "vos rôles, ou la salle, demandent deux facteurs",
                "your roles, or the room, require two factors",
            ),
            Self::Days => Text::new("un jeton dure de 1 à 365 jours", "a token lasts from 1 to 365 days"),
            Self::Letter => Text::new(
                "les lettres qui protègent un compte arrivent toujours",
                "letters that guard an account always come",
            ),
            Self::Busy => {
                Text::new("trop de demandes attendent : réessayez bientôt", "too many requests wait: try again soon")
            }
            Self::Later(seconds) => Text::new(
                format!("trop d’essais : réessayez dans {seconds} s"),
                format!("too many tries: try again in {seconds} s"),
            ),
        }
    }
}
