//! What the parameters of studies are called, in English and Arabic.

use super::Language;

texts! {
plain {
    yes "Yes" "نعم";
    no "No" "لا";
    parameters_meanings "What each means" "معنى كل منها";
    // Campaigns
    parameter_traces "What acting together is" "ما يُعد تصرفًا معًا";
    parameter_windows "Windows" "النوافذ";
    parameter_jitter
        "How far the null model moves an action, at most"
        "أقصى ما يزيح به النموذج الصفري فعلًا";
    parameter_false_discovery
        "Share of what is listed that may be false"
        "النسبة المقبولة للخطأ فيما يُعرض";
    parameter_min_objects
        "Distinct objects that two accounts acted on together, at least"
        "أقل عدد من الأشياء المتمايزة تصرف فيها حسابان معًا";
    parameter_min_accounts "Accounts of a group, at least" "أقل عدد لحسابات المجموعة";
    parameter_min_lift
        "Times as often as by chance, at least"
        "أقل عدد من المرات مقارنة بالصدفة";
    parameter_noise_repeats
        "Copies moved by chance on which the test is repeated"
        "عدد النسخ المزاحة عشوائيًا التي يُعاد عليها الاختبار";
    parameter_seed "Seed of every draw" "بذرة كل سحب";
    parameter_young_days
        "An account is young up to so many days"
        "يُعد الحساب حديثًا حتى هذا العدد من الأيام";
    parameter_feed_clients
        "Programs known to post what a feed or a clock gives them"
        "برامج معروفة بنشر ما تعطيها خلاصة أو ساعة";
    parameter_burst_slot "Bursts: time in which posts are counted" "الاندفاعات: مدة عدّ المنشورات";
    parameter_burst_half_life
        "Bursts: slots after which the mean has forgotten half"
        "الاندفاعات: عدد المدد التي ينسى بعدها المتوسط نصفه";
    parameter_burst_alarm
        "Bursts: standard deviations above the mean, at least"
        "الاندفاعات: أقل عدد من الانحرافات المعيارية فوق المتوسط";
    parameter_burst_surprise
        "Bursts: surprise (−log10 p), at least"
        "الاندفاعات: أقل مفاجأة (\u{2066}−log10 p\u{2069})";
    parameter_burst_min_posts "Bursts: posts, at least" "الاندفاعات: أقل عدد من المنشورات";
    parameter_template_window
        "Texts of one shape: how far from the middle of a burst"
        "نصوص ذات شكل واحد: أقصى بعد عن وسط الاندفاع";
    parameter_template_min_words
        "Texts of one shape: words, at least"
        "نصوص ذات شكل واحد: أقل عدد من الكلمات";
    parameter_deletion_within
        "Deleting at once: within so long after posting"
        "الحذف فورًا: خلال هذه المدة من النشر";
    parameter_deletion_window
        "Deleting at once: how far from their middle such posts are made"
        "الحذف فورًا: أقصى بعد لهذه المنشورات عن وسطها";
    parameter_pairs_per_object
        "Pairs of actions compared on one object, at most"
        "أقصى عدد من أزواج الأفعال المقارنة في شيء واحد";
    parameter_pairs
        "Pairs of accounts tested in a window, at most"
        "أقصى عدد من أزواج الحسابات المختبرة في نافذة";
    parameter_findings "Groups listed, at most" "أقصى عدد من المجموعات المعروضة";
    parameter_listed
        "Accounts, objects and pairs listed in a group, at most of each"
        "أقصى عدد يُعرض في المجموعة من الحسابات والأشياء والأزواج، من كل منها";
    parameter_examples "Posts shown of a group, at most" "أقصى عدد من المنشورات المعروضة لمجموعة";
    parameter_bursts "Bursts listed, at most" "أقصى عدد من الاندفاعات المعروضة";
    // Returns
    parameter_base_rate "Base rate of returns" "المعدل الأساسي للعودة";
    parameter_days_before
        "Accounts made up to so many days before a suspension count"
        "تُحسب الحسابات المنشأة قبل الإيقاف بهذا العدد من الأيام";
    parameter_days_after
        "Accounts made up to so many days after a suspension count"
        "تُحسب الحسابات المنشأة بعد الإيقاف بهذا العدد من الأيام";
    parameter_first_days
        "Of a new account its first so many days count"
        "يُحسب من الحساب الجديد هذا العدد من أيامه الأولى";
    parameter_suspended_at_most
        "Suspended accounts looked for, at most"
        "أقصى عدد من الحسابات الموقوفة التي يُبحث عنها";
    parameter_found_at_most
        "New accounts that one way of searching gives, at most"
        "أقصى عدد من الحسابات الجديدة تعطيه طريقة بحث واحدة";
    parameter_listed_at_most "Listed, at most" "أقصى عدد يُعرض";
    parameter_listed_ratio
        "Likelihood ratio of what is listed, at least"
        "أقل نسبة أرجحية لما يُعرض";
    parameter_link_ratio
        "Likelihood ratio of a possible link, at least"
        "أقل نسبة أرجحية لرابط محتمل";
    parameter_link_posterior
        "Probability of a possible link, at least"
        "أقل احتمال لرابط محتمل";
    parameter_false_links
        "False links accepted for 10,000 new accounts"
        "الروابط الخاطئة المقبولة لكل 10,000 حساب جديد";
    parameter_groups "Features that count" "السمات المحسوبة";
    // Census
    parameter_levels "Steps from a seed, at most" "أقصى عدد من الخطوات من حساب بداية";
    parameter_ways "By which ways accounts are found" "بأي الطرق تُكتشف الحسابات";
    parameter_accounts_at_most
        "Accounts of the frontier, at most"
        "أقصى عدد من حسابات الحدود المستكشفة";
    parameter_ties_at_most
        "An account with more ties of one way leads nowhere by it"
        "لا يُتابع من حساب له من الروابط بطريقة واحدة أكثر من";
    screened_kept "Stay, with the reasons beside them" "تبقى مع ذكر الأسباب";
    screened_left_out "Left out" "تُستبعد";
    parameter_memory "Memory for the graphs, in bytes" "ذاكرة المخططات بالبايت";
    parameter_sample_accounts "Sample: accounts" "العينة: عدد الحسابات";
    parameter_sample_floor "Sample: from each stratum, at least" "العينة: أقل عدد من كل طبقة";
    parameter_sample_seed "Sample: seed of the draw" "العينة: بذرة السحب";
    parameter_sample_method "Sample: how it is drawn" "العينة: كيف تُسحب";
    method_stratified "More from where members are expected" "عدد أكبر من حيث يُتوقع الأعضاء";
    method_simple "Each account as likely as the other" "لكل حساب الاحتمال نفسه";
    parameter_expected_share "Sample: expected share of members" "العينة: النسبة المتوقعة للأعضاء";
    parameter_expected_separation
        "Sample: expected area under the curve"
        "العينة: المساحة المتوقعة تحت المنحنى";
    parameter_coded_twice "Sample: share coded by two people" "العينة: نسبة ما يرمّزه شخصان";
}
filled {}}
