//! How a decision came about, in enumerations that each have a standard sentence.
//!
//! The database and the person read the same sentences. None of them can hold a reviewer's words
//! or anything about the person (Regulation (EU) 2022/2065 Articles 17(3)(b) and (c), 24(5)).

use super::tongue::Tongue;
use super::words::{AutomatedDecision, SourceType};
use serde::{Deserialize, Serialize};

/// How a decision came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Circumstances {
    /// What it is about.
    pub about: About,
    /// How that came to notice.
    pub came_by: CameBy,
    /// Whether a program found it.
    pub found: Found,
    /// Who decided.
    pub judged: Judged,
    /// Whether somebody looked for a protected purpose.
    pub purpose: Purpose,
}

macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$line:meta])* $variant:ident $english:literal $arabic:literal,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$line])* $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The standard sentence; empty where there is nothing to say.
            #[must_use]
            pub fn sentence(self, tongue: Tongue) -> &'static str {
                match self { $(Self::$variant => tongue.of($english, $arabic),)* }
            }
        }
    )*};
}

sentences! {
    /// What a decision is about.
    About {
        /// A post.
        Post "The decision concerns a post." "يتعلق القرار بمنشور.",
        /// A message.
        Message "The decision concerns a message." "يتعلق القرار برسالة.",
        /// A picture.
        Image "The decision concerns an image." "يتعلق القرار بصورة.",
        /// A video.
        Video "The decision concerns a video." "يتعلق القرار بمقطع فيديو.",
        /// A link.
        Link "The decision concerns a link." "يتعلق القرار برابط.",
        /// A profile.
        Profile "The decision concerns the profile of an account."
            "يتعلق القرار بالملف التعريفي لحساب.",
        /// A page.
        Page "The decision concerns a page or site." "يتعلق القرار بصفحة أو موقع.",
        /// An account.
        Account "The decision concerns an account and what it published."
            "يتعلق القرار بحساب وبما نشره.",
    }

    /// How it came to notice (Article 17(3)(b)).
    CameBy {
        /// A user's notice.
        Notice "It came to notice through a notice under Article 16 of Regulation (EU) 2022/2065."
            "وصل إلى علم الخدمة بإخطار وفق المادة 16 من اللائحة (الاتحاد الأوروبي) 2022/2065.",
        /// A trusted flagger's notice.
        TrustedFlagger "It came to notice through a notice of a trusted flagger under Article 22 \
            of Regulation (EU) 2022/2065."
            "وصل إلى علم الخدمة بإخطار من جهة إبلاغ موثوقة وفق المادة 22 من اللائحة (الاتحاد \
            الأوروبي) 2022/2065.",
        /// A referral of a public authority.
        Referral "It came to notice through a referral of a public authority, which is a request \
            and not an order."
            "وصل إلى علم الخدمة بإحالة من سلطة عامة، وهي طلب وليست أمرا.",
        /// Nobody's notice.
        OwnInitiative "It was found on the service's own initiative; no notice led to it."
            "اكتشفته الخدمة بمبادرة منها، ولم يدل عليه أي إخطار.",
    }

    /// Whether a program found it (Article 17(3)(c)).
    Found {
        /// It matched something known.
        KnownMatch "Automated means were used to find it: it matched an entry of a list of known \
            content, terms or addresses."
            "استخدمت وسائل آلية لاكتشافه: فقد طابق مدخلا في قائمة محتوى أو عبارات أو عناوين \
            معروفة.",
        /// A rule found it by its properties.
        Rule "Automated means were used to find it: a rule about properties of content and \
            accounts picked it out."
            "استخدمت وسائل آلية لاكتشافه: فقد انتقته قاعدة تنظر في خصائص المحتوى والحسابات.",
        /// A person found it.
        Person "No automated means were used to find it." "لم تستخدم وسائل آلية لاكتشافه.",
    }

    /// Who decided (Article 17(3)(c)).
    Judged {
        /// A person.
        Person "A person looked at it and decided." "نظر فيه شخص واتخذ القرار.",
        /// A person, as a rule had proposed.
        PersonAsProposed "A rule proposed this measure; a person looked at it and decided."
            "اقترحت قاعدة آلية هذا الإجراء، ثم نظر فيه شخص واتخذ القرار.",
        /// A rule alone.
        Rule "The decision was taken by automated means alone."
            "اتخذ القرار بوسائل آلية وحدها.",
    }

    /// Whether somebody looked for a protected purpose (Regulation (EU) 2021/784 Article 1(3)).
    Purpose {
        /// A person looked and found none.
        NoneFound "A person examined whether it serves journalism, research, education, art, \
            counter-speech or another protected purpose, and found that it does not."
            "فحص شخص ما إذا كان يخدم الصحافة أو البحث أو التعليم أو الفن أو مواجهة التطرف أو \
            غرضا آخر محميا، ووجد أنه لا يخدمها.",
        /// Nobody was asked to.
        NotExamined "" "",
    }
}

impl CameBy {
    /// The database's word for it.
    #[must_use]
    pub fn source_type(self) -> SourceType {
        match self {
            Self::Notice => SourceType::Article16,
            Self::TrustedFlagger => SourceType::TrustedFlagger,
            Self::Referral => SourceType::OtherNotification,
            Self::OwnInitiative => SourceType::Voluntary,
        }
    }
}

impl Found {
    /// The database's word for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::KnownMatch | Self::Rule => "Yes",
            Self::Person => "No",
        }
    }
}

impl Judged {
    /// The database's word for it: a rule that proposes counts as automation in part.
    #[must_use]
    pub fn automated(self) -> AutomatedDecision {
        match self {
            Self::Person => AutomatedDecision::NotAutomated,
            Self::PersonAsProposed => AutomatedDecision::Partially,
            Self::Rule => AutomatedDecision::Fully,
        }
    }
}

impl Circumstances {
    /// All that happened, in standard sentences.
    #[must_use]
    pub fn facts(&self, tongue: Tongue) -> String {
        let events = self.events(tongue);
        let (found, judged) = (self.found.sentence(tongue), self.judged.sentence(tongue));
        format!("{events} {found} {judged}")
    }

    /// What happened, without what machines had to do with it.
    #[must_use]
    pub fn events(&self, tongue: Tongue) -> String {
        let sentences = [
            self.about.sentence(tongue),
            self.came_by.sentence(tongue),
            self.purpose.sentence(tongue),
        ];
        let said: Vec<&str> = sentences.into_iter().filter(|said| !said.is_empty()).collect();
        said.join(" ")
    }
}
