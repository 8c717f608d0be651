//! The database's enumerations as types; a test holds them against the data.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! words {
    ($($name:ident $list:literal $prefix:literal $doc:literal {
        $($variant:ident $rest:literal $label:literal,)*
    })*) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = $label] $variant,)* }

        impl $name {
            /// The list of the data that it is.
            pub const LIST: &'static str = $list;
            /// Every value, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The database's code of it.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => concat!($prefix, $rest),)* }
            }

            /// The value of that code, if there is one.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = String::deserialize(deserializer)?;
                let unknown = || format!("`{code}` is no code of the list `{}`", $list);
                Self::parse(&code).ok_or_else(|| serde::de::Error::custom(unknown()))
            }
        }
    )*};
}

words! {
    DecisionVisibility "decision_visibility" "DECISION_VISIBILITY_"
    "What is done to the visibility of content (Article 17(1)(a))." {
        ContentRemoved "CONTENT_REMOVED" "Removal of content",
        ContentDisabled "CONTENT_DISABLED" "Disabling access to content",
        ContentDemoted "CONTENT_DEMOTED" "Demotion of content",
        ContentAgeRestricted "CONTENT_AGE_RESTRICTED" "Age restricted content",
        ContentInteractionRestricted "CONTENT_INTERACTION_RESTRICTED"
            "Restricting interaction with content",
        ContentLabelled "CONTENT_LABELLED" "Labelled content",
        Other "OTHER" "Other restriction (please specify)",
    }
    DecisionMonetary "decision_monetary" "DECISION_MONETARY_"
    "What is done to payments (Article 17(1)(b))." {
        Suspension "SUSPENSION" "Suspension of monetary payments",
        Termination "TERMINATION" "Termination of monetary payments",
        Other "OTHER" "Other restriction (please specify)",
    }
    DecisionProvision "decision_provision" "DECISION_PROVISION_"
    "What is done to the provision of the service (Article 17(1)(c))." {
        PartialSuspension "PARTIAL_SUSPENSION" "Partial suspension of the provision of the service",
        TotalSuspension "TOTAL_SUSPENSION" "Total suspension of the provision of the service",
        PartialTermination "PARTIAL_TERMINATION"
            "Partial termination of the provision of the service",
        TotalTermination "TOTAL_TERMINATION" "Total termination of the provision of the service",
    }
    DecisionAccount "decision_account" "DECISION_ACCOUNT_"
    "What is done to the account (Article 17(1)(d))." {
        Suspended "SUSPENDED" "Suspension of the account",
        Terminated "TERMINATED" "Termination of the account",
    }
    AccountType "account_type" "ACCOUNT_TYPE_"
    "Whose account it is." {
        Business "BUSINESS" "Business",
        Private "PRIVATE" "Private",
    }
    DecisionGround "decision_ground" "DECISION_GROUND_"
    "What the decision rests on (Article 17(3)(d) and (e))." {
        IllegalContent "ILLEGAL_CONTENT" "Illegal Content",
        IncompatibleContent "INCOMPATIBLE_CONTENT" "Content incompatible with terms and conditions",
    }
    ContentType "content_type" "CONTENT_TYPE_"
    "What sort of content it is." {
        App "APP" "App",
        Audio "AUDIO" "Audio",
        Image "IMAGE" "Image",
        Product "PRODUCT" "Product",
        SyntheticMedia "SYNTHETIC_MEDIA" "Synthetic Media",
        Text "TEXT" "Text",
        Video "VIDEO" "Video",
        Other "OTHER" "Other",
    }
    Category "category" "STATEMENT_CATEGORY_"
    "What the content is against." {
        AnimalWelfare "ANIMAL_WELFARE" "Animal welfare",
        ConsumerInformation "CONSUMER_INFORMATION" "Consumer information infringements",
        CyberViolence "CYBER_VIOLENCE" "Cyber violence",
        CyberViolenceAgainstWomen "CYBER_VIOLENCE_AGAINST_WOMEN" "Cyber violence against women",
        DataProtectionAndPrivacyViolations "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS"
            "Data protection and privacy violations",
        IllegalOrHarmfulSpeech "ILLEGAL_OR_HARMFUL_SPEECH" "Illegal or harmful speech",
        IntellectualPropertyInfringements "INTELLECTUAL_PROPERTY_INFRINGEMENTS"
            "Intellectual property infringements",
        NegativeEffectsOnCivicDiscourseOrElections
            "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"
            "Negative effects on civic discourse or \
             elections",
        NotSpecifiedNotice "NOT_SPECIFIED_NOTICE"
            "Type of alleged illegal content not specified by the notifier",
        OtherViolationTc "OTHER_VIOLATION_TC" "Other violation of provider's terms and conditions",
        ProtectionOfMinors "PROTECTION_OF_MINORS" "Protection of minors",
        RiskForPublicSecurity "RISK_FOR_PUBLIC_SECURITY" "Risk for public security",
        ScamsAndFraud "SCAMS_AND_FRAUD" "Scams and/or fraud",
        SelfHarm "SELF_HARM" "Self-harm",
        UnsafeAndProhibitedProducts "UNSAFE_AND_PROHIBITED_PRODUCTS"
            "Unsafe, non-compliant or prohibited products",
        Violence "VIOLENCE" "Violence",
    }
    Keyword "category_specification" "KEYWORD_"
    "What it is against, in more detail." {
        AdultSexualMaterial "ADULT_SEXUAL_MATERIAL" "Adult sexual material",
        AgeSpecificRestrictions "AGE_SPECIFIC_RESTRICTIONS" "Age-specific restrictions",
        AgeSpecificRestrictionsMinors "AGE_SPECIFIC_RESTRICTIONS_MINORS"
            "Age-specific restrictions concerning minors",
        AnimalHarm "ANIMAL_HARM" "Animal harm",
        BiometricDataBreach "BIOMETRIC_DATA_BREACH" "Biometric data breach",
        BullyingAgainstGirls "BULLYING_AGAINST_GIRLS"
            "Cyber bullying and intimidation against girls",
        ChildSexualAbuseMaterial "CHILD_SEXUAL_ABUSE_MATERIAL" "Child sexual abuse material",
        ChildSexualAbuseMaterialDeepfake "CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE"
            "Child sexual abuse material containing deepfake or similar technology",
        ContentPromotingEatingDisorders "CONTENT_PROMOTING_EATING_DISORDERS"
            "Content promoting eating disorders",
        CoordinatedHarm "COORDINATED_HARM" "Coordinated harm",
        CopyrightInfringement "COPYRIGHT_INFRINGEMENT" "Copyright infringements",
        CyberBullyingIntimidation "CYBER_BULLYING_INTIMIDATION" "Cyber bullying and intimidation",
        CyberHarassment "CYBER_HARASSMENT" "Cyber harassment",
        CyberHarassmentAgainstWomen "CYBER_HARASSMENT_AGAINST_WOMEN"
            "Cyber harassment against women",
        CyberIncitement "CYBER_INCITEMENT" "Cyber incitement to hatred or violence",
        CyberStalking "CYBER_STALKING" "Cyber stalking",
        CyberStalkingAgainstWomen "CYBER_STALKING_AGAINST_WOMEN" "Cyber stalking against women",
        DataFalsification "DATA_FALSIFICATION" "Data falsification",
        Defamation "DEFAMATION" "Defamation",
        DesignInfringement "DESIGN_INFRINGEMENT" "Design infringements",
        Discrimination "DISCRIMINATION" "Discrimination",
        FemaleGenderedDisinformation "FEMALE_GENDERED_DISINFORMATION" "Gendered disinformation",
        GeographicIndicationsInfringement "GEOGRAPHIC_INDICATIONS_INFRINGEMENT"
            "Geographic indications infringements",
        GeographicalRequirements "GEOGRAPHICAL_REQUIREMENTS" "Geographical requirements",
        GoodsServicesNotPermitted "GOODS_SERVICES_NOT_PERMITTED"
            "Goods/services not permitted to be offered on the platform",
        GroomingSexualEnticementMinors "GROOMING_SEXUAL_ENTICEMENT_MINORS"
            "Grooming/sexual enticement of minors",
        HateSpeech "HATE_SPEECH"
            "Illegal incitement to violence and hatred based on protected characteristics \
             (hate speech)",
        HiddenAdvertisement "HIDDEN_ADVERTISEMENT"
            "Hidden advertisement or commercial communication, including by influencers",
        HumanExploitation "HUMAN_EXPLOITATION" "Human exploitation",
        HumanTrafficking "HUMAN_TRAFFICKING" "Human trafficking",
        IllegalOrganizations "ILLEGAL_ORGANIZATIONS" "Illegal organizations",
        ImpersonationAccountHijacking "IMPERSONATION_ACCOUNT_HIJACKING"
            "Impersonation or account hijacking",
        InauthenticAccounts "INAUTHENTIC_ACCOUNTS" "Inauthentic accounts",
        InauthenticListings "INAUTHENTIC_LISTINGS" "Inauthentic listings",
        InauthenticUserReviews "INAUTHENTIC_USER_REVIEWS" "Inauthentic user reviews",
        IncitementAgainstWomen "INCITEMENT_AGAINST_WOMEN"
            "Illegal incitement to violence and hatred against women",
        IncitementViolenceHatred "INCITEMENT_VIOLENCE_HATRED"
            "General calls or incitement to violence and/or hatred",
        InsufficientInformationOnTraders "INSUFFICIENT_INFORMATION_ON_TRADERS"
            "Insufficient information on traders",
        LanguageRequirements "LANGUAGE_REQUIREMENTS" "Language requirements",
        MisinformationDisinformation "MISINFORMATION_DISINFORMATION"
            "Misinformation, disinformation, foreign information manipulation and interference",
        MisleadingInfoConsumerRights "MISLEADING_INFO_CONSUMER_RIGHTS"
            "Misleading information about the consumer's rights",
        MisleadingInfoGoodsServices "MISLEADING_INFO_GOODS_SERVICES"
            "Misleading information about the characteristics of the goods and services",
        MissingProcessingGround "MISSING_PROCESSING_GROUND" "Missing processing ground for data",
        NonConsensualImageSharing "NON_CONSENSUAL_IMAGE_SHARING"
            "Non-consensual (intimate) material sharing, including (image-based) sexual \
             abuse (excluding content depicting minors)",
        NonConsensualImageSharingAgainstWomen "NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN"
            "Non-consensual (intimate) material sharing against women, including \
             (image-based) sexual abuse against women (excluding content depicting minors)",
        NonConsensualMaterialDeepfake "NON_CONSENSUAL_MATERIAL_DEEPFAKE"
            "Non-consensual sharing of material containing deepfake or similar technology \
             using a third party's features (excluding content depicting minors)",
        NonConsensualMaterialDeepfakeAgainstWomen "NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN"
            "Non-consensual sharing of material containing deepfake or similar technology \
             using a third party's features against women (excluding content depicting minors)",
        NoncompliancePricing "NONCOMPLIANCE_PRICING" "Non-compliance with pricing regulations",
        Nudity "NUDITY" "Nudity",
        PatentInfringement "PATENT_INFRINGEMENT" "Patent infringements",
        Phishing "PHISHING" "Phishing",
        ProhibitedProducts "PROHIBITED_PRODUCTS" "Prohibited or restricted products",
        PyramidSchemes "PYRAMID_SCHEMES" "Pyramid schemes",
        RightToBeForgotten "RIGHT_TO_BE_FORGOTTEN" "Right to be forgotten",
        RiskEnvironmentalDamage "RISK_ENVIRONMENTAL_DAMAGE" "Risk for environmental damage",
        RiskPublicHealth "RISK_PUBLIC_HEALTH" "Risk for public health",
        SelfMutilation "SELF_MUTILATION" "Self-mutilation",
        Stalking "STALKING" "Stalking",
        Suicide "SUICIDE" "Suicide",
        TerroristContent "TERRORIST_CONTENT" "Terrorist content",
        TradeSecretInfringement "TRADE_SECRET_INFRINGEMENT" "Trade secret infringements",
        TrademarkInfringement "TRADEMARK_INFRINGEMENT" "Trademark infringements",
        TraffickingWomenGirls "TRAFFICKING_WOMEN_GIRLS" "Trafficking in women and girls",
        UnlawfulSaleAnimals "UNLAWFUL_SALE_ANIMALS" "Unlawful sale of animals",
        UnsafeChallenges "UNSAFE_CHALLENGES" "Unsafe challenges",
        UnsafeProducts "UNSAFE_PRODUCTS" "Unsafe or non-compliant products",
        ViolationEuLaw "VIOLATION_EU_LAW"
            "Violation of EU law relevant to civic discourse or elections",
        ViolationNationalLaw "VIOLATION_NATIONAL_LAW"
            "Violation of national law relevant to civic discourse or elections",
        Other "OTHER" "Not captured by any other keyword",
    }
    SourceType "source_type" "SOURCE_"
    "How the content came to notice (Article 17(3)(b))." {
        Article16 "ARTICLE_16" "Notice submitted in accordance with Article 16 DSA",
        TrustedFlagger "TRUSTED_FLAGGER" "Notice submitted by a trusted flagger",
        OtherNotification "TYPE_OTHER_NOTIFICATION" "Other type of notification",
        Voluntary "VOLUNTARY" "Own voluntary initiative",
    }
    AutomatedDecision "automated_decision" "AUTOMATED_DECISION_"
    "How far the decision was automated (Article 17(3)(c))." {
        Fully "FULLY" "Fully automated",
        Partially "PARTIALLY" "Partially automated",
        NotAutomated "NOT_AUTOMATED" "Not Automated",
    }
}
