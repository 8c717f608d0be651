//! The words of what studies found, in English and Arabic.

use super::Language;
use std::fmt::Display;

texts! {
plain {
    // What every result has
    summary "Summary" "ملخص";
    result_notes "Input and limits" "المدخلات والحدود";
    period "Period" "الفترة";
    earliest_date "Earliest date of the data" "أقدم تاريخ في البيانات";
    latest_date "Latest date of the data" "أحدث تاريخ في البيانات";
    accounts "Accounts" "الحسابات";
    more_in_data
        "More was found than is listed; the data file has all that was kept."
        "وُجد أكثر مما يُعرض؛ ويحتوي ملف البيانات على كل ما حُفظ.";
    nothing_noted "Nothing was dropped or treated." "لم يُسقط شيء ولم يُعالج.";
    treatment "Treatment" "المعالجة";
    how_often "How often" "عدد المرات";
    treated_duplicate_post "A post that came twice counts once" "منشور وصل مرتين يُحسب مرة واحدة";
    treated_id_reused
        "An id used again for another post: the first post counts"
        "معرّف استُخدم لمنشور آخر: يُحسب المنشور الأول";
    treated_self_reference
        "A post that passes on or answers itself: taken as an ordinary post"
        "منشور يعيد نشر نفسه أو يرد على نفسه: عُدّ منشورًا عاديًا";
    treated_empty_object
        "Empty links, hashtags or pictures: left out"
        "روابط أو وسوم أو صور فارغة: استُبعدت";
    treated_in_the_future
        "Posts dated after the end: left out"
        "منشورات مؤرخة بعد النهاية: استُبعدت";
    treated_out_of_order
        "Posts out of the order of time: sorted"
        "منشورات على غير ترتيب الزمن: رُتبت";
    treated_whole_minutes
        "Most times are whole minutes: synchrony below a minute cannot be seen"
        "معظم الأوقات دقائق كاملة: لا يمكن رؤية تزامن أدق من دقيقة";
    treated_no_profile
        "Accounts without a profile: only their ids are known"
        "حسابات بلا ملف شخصي: لا يُعرف سوى معرّفاتها";
    treated_self_follow "An account that follows itself: left out" "حساب يتابع نفسه: استُبعد";
    treated_duplicate_follow
        "A follow that came twice: the earliest counts"
        "متابعة وصلت مرتين: يُحسب الأقدم";
    treated_duplicate_profile
        "A profile that came twice: the last one counts"
        "ملف شخصي وصل مرتين: يُحسب الأخير";
    // Stages
    stage_gathering "Gathering what was taken in" "جمع ما تم استقباله";
    stage_reading "Reading the dataset" "قراءة مجموعة البيانات";
    stage_read_actions "Reading what accounts did" "قراءة أفعال الحسابات";
    stage_count_pairs "Counting who acted together" "عدّ من تصرفوا معًا";
    stage_choose_pairs "Choosing the pairs to test" "اختيار الأزواج للاختبار";
    stage_test_pairs "Testing pairs against chance" "اختبار الأزواج مقابل الصدفة";
    stage_grow_groups "Gathering groups" "جمع المجموعات";
    stage_compare_with_crowd "Comparing groups with the crowd" "مقارنة المجموعات بالجمهور";
    stage_find_bursts "Looking for bursts" "البحث عن اندفاعات";
    stage_compare_words "Comparing words" "مقارنة الكلمات";
    stage_gatherings "Looking for the same company" "البحث عن الرفقة نفسها";
    stage_population "Finding whom to look among" "تحديد من يُبحث بينهم";
    stage_profiles "Reading profiles" "قراءة الملفات الشخصية";
    stage_posts "Reading posts" "قراءة المنشورات";
    stage_usual "Measuring what is usual" "قياس ما هو معتاد";
    stage_compare "Comparing accounts" "مقارنة الحسابات";
    stage_ties "Gathering ties" "جمع الروابط";
    stage_snowball "Going out from the seeds" "الانطلاق من حسابات البداية";
    stage_screening "Looking for automated accounts" "البحث عن حسابات آلية";
    stage_scores "Measuring nearness" "قياس القرب";
    stage_communities "Finding communities" "إيجاد المجتمعات";
    stage_rows "Gathering the evidence of accounts" "جمع أدلة الحسابات";
    stage_drawing "Drawing the network" "رسم الشبكة";
    // Campaigns
    campaigns_says
        "Each group below acted together more often than chance explains. That is coordination. \
        It does not say why: protest, fandom, newsrooms and mutual aid coordinate too, and an \
        account may have been taken over."
        "تصرفت كل مجموعة أدناه معًا أكثر مما تفسره الصدفة. وهذا تنسيق، \
        لكنه لا يبيّن السبب: فالاحتجاج ومجتمعات المعجبين وغرف الأخبار والتكافل تنسّق أيضًا، وقد \
        يكون حساب ما مخترقًا.";
    findings "Groups beyond chance" "مجموعات تتجاوز الصدفة";
    finding "Group" "المجموعة";
    no_findings
        "No group acted together more often than chance explains."
        "لم تتصرف أي مجموعة معًا أكثر مما تفسره الصدفة.";
    explained "Groups with an ordinary explanation" "مجموعات لها تفسير عادي";
    explained_says
        "These acted together too, and the dataset holds an ordinary explanation. They are not \
        findings; they are listed so that the explanation can be checked."
        "تصرفت هذه المجموعات معًا أيضًا، وفي مجموعة البيانات تفسير عادي لذلك. وهي ليست نتائج، \
        وإنما تُعرض ليتسنى التحقق من التفسير.";
    explanation "Explanation" "التفسير";
    basis "Found by" "وُجدت عن طريق";
    basis_co_action
        "Acting on the same things at the same times"
        "التصرف في الأشياء نفسها في الأوقات نفسها";
    basis_template
        "Texts of one rare shape at the same times"
        "نصوص ذات شكل نادر واحد في الأوقات نفسها";
    basis_deletion "Deleting in lockstep" "الحذف المتزامن";
    objects "Objects" "الأشياء";
    observed "Observed" "المرصود";
    expected "Expected by chance" "المتوقع بالصدفة";
    q_value "q-value" "قيمة q";
    first_seen "First" "البداية";
    last_seen "Last" "النهاية";
    observed_and_expected
        "How often each group acted together, and how often chance explains"
        "كم مرة تصرفت كل مجموعة معًا، وكم مرة تفسر الصدفة ذلك";
    times_together "Times together" "عدد مرات الاجتماع";
    trace "Trace" "الأثر";
    all_traces "All together" "كلها معًا";
    trace_repost "Passing on the same post" "إعادة نشر المنشور نفسه";
    trace_text "Equal text" "نص متطابق";
    trace_similar_text "Nearly equal text" "نص شبه متطابق";
    trace_link "Same link" "الرابط نفسه";
    trace_reply "Answering the same post" "الرد على المنشور نفسه";
    trace_hashtag "Same hashtag" "الوسم نفسه";
    trace_image "Same picture" "الصورة نفسها";
    window "Window" "النافذة";
    jitter "Moved by chance up to" "أزيحت عشوائيًا حتى";
    tests "What was tested" "ما الذي اختُبر";
    tests_heat
        "Pairs of the groups, by the trace and window in which they are strongest"
        "أزواج المجموعات بحسب الأثر والنافذة اللذين تبلغ فيهما أقواها";
    tests_by_trace "What there was to be looked at" "ما كان متاحًا للنظر فيه";
    actions "Actions" "الأفعال";
    pairs "Pairs" "الأزواج";
    tested "Tested" "المختبَرة";
    significant "Beyond chance" "ما تجاوز الصدفة";
    noise "The same test on copies moved by chance" "الاختبار نفسه على نسخ أزيحت عشوائيًا";
    noise_says
        "What was found where nothing can be: every action of the dataset was moved by chance \
        and the test of pairs was made again. Wide windows are not part of it."
        "ما وُجد حيث لا يمكن أن يوجد شيء: أزيح كل فعل في مجموعة البيانات عشوائيًا وأعيد \
        اختبار الأزواج. ولا تدخل النوافذ الواسعة فيه.";
    groups "Groups" "المجموعات";
    bursts "Bursts of hashtags" "اندفاعات الوسوم";
    bursts_says
        "A burst is not a campaign: most are news, sport and prayer."
        "الاندفاع ليس حملة: فمعظمها أخبار ورياضة وصلاة.";
    hashtag "Hashtag" "الوسم";
    surprise "Surprise (−log10 p)" "المفاجأة (\u{2066}−log10 p\u{2069})";
    newcomers "Newcomers" "الجدد";
    top_ten "By the ten busiest" "نصيب العشرة الأنشط";
    young_share "Young accounts" "حسابات حديثة";
    deleted_share "Deleted" "محذوف";
    incumbents "Used it before" "استخدموه من قبل";
    topic_drift "Change of words" "تغير الكلمات";
    network "Network" "الشبكة";
    network_strongest "The accounts with most ties" "الحسابات الأكثر ارتباطًا";
    pairs_strongest "Pairs, strongest first" "الأزواج، الأقوى أولًا";
    account_two "With" "مع";
    others "Other accounts" "حسابات أخرى";
    examples "Posts" "منشورات";
    text_of_post "Text" "النص";
    mark_young "Young at their first post" "حديثة عند أول منشور";
    mark_nothing_else "No other post" "لا منشور آخر";
    mark_one_client "Posted with one program" "نُشرت ببرنامج واحد";
    mark_deleted "Deleted posts" "منشورات محذوفة";
    mark_near_duplicate "Nearly the same texts" "نصوص شبه متطابقة";
    comma ", " "، ";
    objects_over_time
        "When the group first acted on each object, and how many of it did"
        "متى تصرفت المجموعة أول مرة في كل شيء، وكم منها فعل";
    // The network's controls
    network_table_label "The most connected accounts as a table" "الحسابات الأكثر اتصالًا في جدول";
    network_search "Find an account" "ابحث عن حساب";
    network_none "No account found" "لم يُعثر على حساب";
    network_found "Accounts found: {count}" "الحسابات التي عُثر عليها: {count}";
    network_groups "Groups" "المجموعات";
    network_seeds "Seeds" "حسابات البداية";
    network_alone "In no community" "خارج المجتمعات";
    network_others "All other groups" "كل المجموعات الأخرى";
    network_zoom_in "Zoom in" "تكبير";
    network_zoom_out "Zoom out" "تصغير";
    network_reset "Show everything" "إظهار الكل";
    network_stage
        "Picture of the network: {accounts} accounts, {edges} edges"
        "صورة الشبكة: {accounts} حساب و{edges} صلة";
    network_keys
        "Arrow keys move, + and − zoom, 0 shows everything, Enter opens the chosen account."
        "الأسهم للتحريك، و+ و− للتكبير والتصغير، و0 لإظهار الكل، وEnter لفتح الحساب.";
    network_open "Open the account" "فتح الحساب";
    network_score "Score {score}" "الدرجة {score}";
    network_neighbours "Neighbours: {count}" "الجيران: {count}";
    network_drawn "{count} of them are drawn" "المرسوم منها: {count}";
    network_loading "The network is being loaded." "يجري تحميل الشبكة.";
    network_failed
        "The network could not be loaded. The table has the most connected accounts."
        "تعذر تحميل الشبكة. في الجدول الحسابات الأكثر اتصالًا.";
    network_no_graphics
        "This browser cannot draw the network. The table has the most connected accounts."
        "لا يستطيع هذا المتصفح رسم الشبكة. في الجدول الحسابات الأكثر اتصالًا.";
    // Returns
    returns_says
        "Each row below is a possible link between a suspended account and a new one: how much \
        more often accounts as alike as these are a return than not, and what follows from the \
        base rate. It never says who is behind an account. A return may be lawful, and some \
        suspensions were wrong."
        "كل صف أدناه رابط محتمل بين حساب موقوف وحساب جديد: كم مرة أكثر تكون حسابات متشابهة بهذا \
        القدر عودةً لا غير ذلك، وما يترتب على المعدل الأساسي. وهو لا يقول أبدًا من يقف وراء \
        حساب. وقد تكون العودة مشروعة، وبعض حالات الإيقاف كانت خطأ.";
    possible_links "Possible links" "الروابط المحتملة";
    no_links
        "No new account is alike enough to a suspended one."
        "لا يوجد حساب جديد يشبه حسابًا موقوفًا بما يكفي.";
    suspended_account "Suspended account" "الحساب الموقوف";
    new_account "New account" "الحساب الجديد";
    likelihood_ratio "Likelihood ratio" "نسبة الأرجحية";
    posterior "With the base rate" "مع المعدل الأساسي";
    strongest_evidence "Strongest evidence" "أقوى الأدلة";
    base_rate "Base rate of returns" "المعدل الأساسي للعودة";
    looked_for "Suspended accounts looked for" "الحسابات الموقوفة التي بُحث عنها";
    given_back "Given back, not looked for" "أعيدت ولم يُبحث عنها";
    looked_among "New accounts looked at" "الحسابات الجديدة التي نُظر فيها";
    pairs_compared "Pairs compared" "الأزواج التي قورنت";
    link_ratio "Ratio that makes a possible link" "النسبة التي تجعل الرابط محتملًا";
    expected_false "Links expected to be false" "الروابط المتوقع خطؤها";
    expected_false_rate "False links per 10,000 new accounts" "روابط خاطئة لكل 10,000 حساب جديد";
    calibration "Calibration" "المعايرة";
    calibration_shipped
        "Learnt on simulated worlds; it comes with the program"
        "مستخلصة من عوالم محاكاة، وترد مع البرنامج";
    ratios_plot "Likelihood ratios of all listed candidates" "نسب الأرجحية لكل المرشحين المعروضين";
    ratio_log "Likelihood ratio (log10)" "نسبة الأرجحية (log10)";
    candidates "Candidates" "المرشحون";
    group_of_features "Features" "السمات";
    weight_of_evidence "Weight (log10 of the ratio)" "الوزن (log10 للنسبة)";
    what_it_rests_on "What it rests on" "ما تستند إليه";
    not_compared "Not compared" "لم تُقارن";
    weights_plot "What speaks for the link, and what against" "ما يدعم الرابط وما يعارضه";
    feature_handle "Handle" "المعرّف";
    feature_display_name "Shown name" "الاسم الظاهر";
    feature_bio "Bio" "النبذة";
    feature_avatar "Avatar" "صورة الحساب";
    feature_early_followers "Early followers" "المتابعون الأوائل";
    feature_posting_hours "Posting hours" "ساعات النشر";
    feature_client "Program" "البرنامج";
    feature_language "Language" "اللغة";
    feature_style "Style" "الأسلوب";
    feature_links "Links" "الروابط";
    feature_timing "Timing" "التوقيت";
    feature_announcement "Announcement" "الإعلان";
    reached_limit "A limit was reached" "بُلغ حد";
    limit "Limit" "الحد";
    limit_suspended
        "Suspended accounts beyond the latest are not looked for"
        "لا يُبحث عن الحسابات الموقوفة الأقدم";
    limit_common_term
        "Terms that too many new accounts have are not searched by"
        "لا يُبحث بالألفاظ التي تشترك فيها حسابات جديدة كثيرة";
    limit_found
        "One way of searching gave too many accounts: the strongest were taken"
        "أعطت إحدى طرق البحث حسابات كثيرة: أُخذ الأقوى";
    limit_old_followers
        "Followers of the old account beyond the latest are not looked at"
        "لا يُنظر في متابعي الحساب القديم الأقدم";
    limit_follows_new
        "Followers of too many new accounts are not searched by"
        "لا يُبحث بمتابعين يتابعون حسابات جديدة كثيرة";
    limit_early_followers
        "Early followers beyond the first are not looked at"
        "لا يُنظر إلا في أوائل المتابعين";
    limit_posts
        "Posts of an account beyond the nearest are not looked at"
        "لا يُنظر إلا في أقرب منشورات الحساب";
    limit_text_characters "Longer texts are looked at in part" "يُنظر في جزء من النصوص الأطول";
    limit_mentions
        "Mentions of an old handle beyond the first are not looked at"
        "لا يُنظر إلا في أوائل الإشارات إلى معرّف قديم";
    missing_left_out "left out by the parameters" "مستبعدة بالمعاملات";
    missing_old_unknown "the old account's side is not known" "جانب الحساب القديم غير معروف";
    missing_new_unknown "the new account's side is not known" "جانب الحساب الجديد غير معروف";
    missing_old_few_posts "the old account has too few posts" "منشورات الحساب القديم قليلة جدًا";
    missing_new_few_posts "the new account has too few posts" "منشورات الحساب الجديد قليلة جدًا";
    missing_other_language "they post in different languages" "ينشران بلغتين مختلفتين";
    missing_nothing_to_compare
        "too few accounts to say what is usual"
        "الحسابات أقل من أن تبيّن المعتاد";
    fact_hidden "shown with the account" "يُعرض مع الحساب";
    announced_by_new "the new account itself" "الحساب الجديد نفسه";
    announced_by_old "the old account, before it was suspended" "الحساب القديم قبل إيقافه";
    announced_by_another "another account" "حساب آخر";
    // Census
    census_says
        "The accounts below lie near the seeds by whom they follow, answer and pass on. \
        Nearness is not membership: journalists, researchers, counter-speakers and victims are \
        near too. How many belong is said by the coded sample alone, with its interval."
        "تقع الحسابات أدناه قرب حسابات البداية بحسب من تتابعه وترد عليه وتعيد نشره. والقرب ليس \
        عضوية: فالصحفيون والباحثون ومن يردون على الخطاب والضحايا قريبون أيضًا. وعدد الأعضاء لا \
        تقوله إلا العينة المرمّزة مع مجالها.";
    estimate_first
        "No number of members is given before the sample has been coded: open Coding."
        "لا يُعطى عدد للأعضاء قبل ترميز العينة: افتح الترميز.";
    estimate_one_coder
        "One person alone has coded so far. Have a second person code the same accounts."
        "رمّز شخص واحد فقط حتى الآن. ليرمّز شخص ثانٍ الحسابات نفسها.";
    estimate_stratum_uncoded
        "A stratum of the sample has no answer yet: go on coding."
        "في إحدى طبقات العينة لا توجد إجابة بعد: تابع الترميز.";
    frontier "Frontier" "الحدود المستكشفة";
    level "Level" "المستوى";
    found_at_level "Found" "وُجد";
    left_out "Left out" "استُبعد";
    not_followed "Not followed on" "لم يُتابع منها";
    levels_plot "Accounts found at each level" "الحسابات المكتشفة في كل مستوى";
    not_reached "Not reached" "لم تُبلغ";
    seeds_known "Seeds known" "حسابات بداية معروفة";
    seeds_unknown "Seeds not in the dataset" "حسابات بداية ليست في البيانات";
    seeds_isolated "Seeds without any tie" "حسابات بداية بلا روابط";
    automated_looking "Accounts that look automated" "حسابات تبدو آلية";
    hidden_seeds
        "Hidden seeds found again (a hint, no measure)"
        "حسابات بداية أخفيت ووُجدت ثانية (تلميح لا مقياس)";
    scores "Scores" "الدرجات";
    score "Score" "الدرجة";
    scores_plot "How many accounts have which score" "كم حسابًا له أي درجة";
    listed "Nearest accounts" "أقرب الحسابات";
    rank "Rank" "الرتبة";
    steps "Steps from a seed" "خطوات من حساب بداية";
    in_from_set "Followed by seeds" "تتابعه حسابات بداية";
    out_to_set "Follows seeds" "يتابع حسابات بداية";
    followers_in_set "Share of its followers, at least" "حصتها من متابعيه، على الأقل";
    nearness "Nearness" "القرب";
    core "Core" "النواة";
    community "Community" "المجتمع";
    communities "Communities" "المجتمعات";
    communities_says
        "Groups that are tied to each other more than to others (Leiden)."
        "مجموعات مترابطة فيما بينها أكثر من غيرها (Leiden).";
    mean_score "Mean score" "متوسط الدرجة";
    seeds "Seeds" "حسابات البداية";
    how_it_was_found "How it was found" "كيف وُجد";
    estimates_plot "How large the network is, with 95 % intervals" "حجم الشبكة مع مجالات 95 %";
    method "Method" "الطريقة";
    members "Members" "الأعضاء";
    separation_weak
        "The coded sample does not show surely enough that the score separates members from \
        others. The census is refused as a list: only the estimate of the size holds."
        "لا تُظهر العينة المرمّزة بيقين كافٍ أن الدرجة تفصل الأعضاء عن غيرهم. لذا يُرفض الإحصاء \
        كقائمة، ولا يصح سوى تقدير الحجم.";
    separation_enough
        "The score separates coded members from others."
        "تفصل الدرجة بين الأعضاء المرمّزين وغيرهم.";
    auc "Area under the curve" "المساحة تحت المنحنى";
    kappa "Cohen's kappa" "معامل كابا لكوهين";
    alpha "Krippendorff's alpha" "ألفا كريبندورف";
    coded_accounts "Accounts coded" "الحسابات المرمّزة";
    coded_twice "Coded by two" "رمّزها اثنان";
    to_adjudicate "To be settled" "بحاجة إلى بت";
    precision_set_apart
        "Accounts set apart that coders took for members"
        "حسابات مستثناة عدّها المرمّزون أعضاء";
    strata "Strata" "الطبقات";
    stratum "Scores from … to … of the frontier" "الدرجات من … إلى … من الحدود";
    stratum_size "Accounts" "الحسابات";
    drawn "Drawn" "المسحوبة";
    survival "How long accounts stayed" "كم بقيت الحسابات";
    regained_reach "Reach before and after suspensions" "الوصول قبل الإيقاف وبعده";
    day_column "Day" "اليوم";
    still_there "Still there" "لا تزال موجودة";
    reach "Reach" "الوصول";
    way_follows "whom they follow" "من تتابعه";
    way_followed_by "who follows them" "من يتابعها";
    way_reposts "whose posts they pass on" "من تعيد نشر منشوراته";
    way_reposted_by "who passes on their posts" "من يعيد نشر منشوراتها";
    way_answers "whose posts they answer" "من ترد على منشوراته";
    way_answered_by "who answers their posts" "من يرد على منشوراتها";
    corrected_method "Corrected for errors of coders" "مصحح لأخطاء المرمّزين";
    undecided "Undecided" "لم يُبت فيها";
    share_of_members "Share of members" "نسبة الأعضاء";
    high_not_members "High score, not members" "درجة عالية وليست أعضاء";
    reach_remaining "Of remaining accounts" "للحسابات الباقية";
    reach_restored "Of restored accounts" "للحسابات المعادة";
    reach_returned "Of possible returns" "للعودة المحتملة";
}
filled {
    separation_unmeasured(members, others)
        "Nothing can be said of the score: {members} members and {others} others are coded."
        "لا يمكن قول شيء عن الدرجة: رُمّز {members} من الأعضاء و{others} من غيرهم.";
    coding_partial(settled, of)
        "{settled} of {of} accounts are settled. The figures below are not yet a result."
        "حُسم {settled} من {of} حساب. الأرقام أدناه ليست نتيجة بعد.";
    frontier_words(levels, ways)
        "From the seeds on, {levels} levels, each by: {ways}."
        "ابتداءً من حسابات البداية، {levels} من المستويات، كل منها عبر: {ways}.";
    cut_frontier(count)
        "{count} accounts were found and left out, since the frontier was full."
        "وُجد {count} حساب واستُبعد لامتلاء الحدود.";
    cut_ties(count)
        "{count} times an account led nowhere, since it has too many ties."
        "لم يُتابع من حساب {count} مرة لكثرة روابطه.";
    cut_rounds(count)
        "Ranks were not settled after {count} rounds."
        "لم تستقر الرتب بعد {count} جولة.";
    cut_co_follow(members, of)
        "Followed accounts in common were compared with {members} of {of} members."
        "قورنت المتابعات المشتركة مع {members} من {of} عضو.";
    cut_communities(accounts, of)
        "Communities were looked for among {accounts} of {of} accounts."
        "بُحث عن المجتمعات بين {accounts} من {of} حساب.";
    hidden_post(name) "Hidden: {name}" "مخفي: \u{2068}{name}\u{2069}";
    finding_number(number) "Group {number}" "المجموعة {number}";
    evidence_campaign(objects, others, expected, q)
        "In a study of campaigns this account acted on {objects} objects at the same times as \
        {others} other accounts; chance explains {expected} (q-value {q}). Coordination by \
        itself is no violation."
        "في دراسة للحملات تصرف هذا الحساب في {objects} من الأشياء في الأوقات نفسها مع {others} \
        من الحسابات الأخرى؛ والمتوقع بالصدفة {expected} (قيمة q ‏{q}). والتنسيق في ذاته ليس \
        مخالفة.";
    evidence_return(ratio, probability, base)
        "In a study of returns this new account is alike to a suspended one: likelihood ratio \
        {ratio}, {probability} with a base rate of {base}. It is a possible link between \
        accounts, and a return may be lawful."
        "في دراسة لعودة الحسابات يشبه هذا الحساب الجديد حسابًا موقوفًا: نسبة الأرجحية {ratio}، \
        و\u{2066}{probability}\u{2069} مع معدل أساسي \
        \u{2066}{base}\u{2069}. وهو رابط محتمل بين حسابين، وقد تكون العودة مشروعة.";
    evidence_census(rank, of, hops)
        "In a census this account is number {rank} of {of} by nearness to the seeds, {hops} \
        steps from one. Nearness is not membership."
        "في إحصاء جاء هذا الحساب في المرتبة {rank} من {of} بحسب القرب من حسابات البداية، على \
        بعد {hops} من الخطوات. والقرب ليس عضوية.";
    campaign_parameters(traces, windows, objects, jitter, level, seed)
        "Looked for: {traces}. Windows: {windows}. Two accounts are tested where they acted \
        together on at least {objects} distinct objects. The null model moves every action by \
        up to {jitter}; up to {level} of what is listed may be false. Seed {seed}."
        "ما بُحث عنه: {traces}. النوافذ: {windows}. يُختبر حسابان إذا تصرفا معًا في {objects} \
        أشياء متمايزة على الأقل. يزيح النموذج الصفري كل فعل حتى {jitter}؛ وقد تكون نسبة تصل إلى \
        \u{2066}{level}\u{2069} مما يُعرض خاطئة. البذرة {seed}.";
    fact_stem(stem, accounts)
        "Same stem “{stem}” (in {accounts} accounts)"
        "الجذر نفسه «{stem}» (في {accounts} حساب)";
    fact_counter(old, new)
        "Another number at the end: {old} → {new}"
        "رقم آخر في النهاية: {old} ← {new}";
    fact_look_alike(skeleton)
        "Letters that look alike: {skeleton}"
        "حروف متشابهة الشكل: {skeleton}";
    fact_alike_handles(parts, similarity, one_in)
        "Shared parts {parts}; similarity {similarity}; one pair in {one_in} is as alike"
        "أجزاء مشتركة {parts}؛ التشابه {similarity}؛ زوج واحد من {one_in} بهذا التشابه";
    fact_shared_terms(terms)
        "Both have (accounts that have it): {terms}"
        "يشتركان في (عدد الحسابات): {terms}";
    fact_same_text(accounts)
        "The whole text is the same (in {accounts} accounts)"
        "النص كله متطابق (في {accounts} حساب)";
    fact_near_avatar(bits, accounts)
        "Avatars {bits} bits apart ({accounts} accounts have one as near)"
        "صورتان بفارق {bits} بت ({accounts} حساب لها صورة بهذا القرب)";
    fact_far_avatar(bits)
        "Avatars {bits} bits apart: not near"
        "صورتان بفارق {bits} بت: غير متقاربتين";
    fact_shared_followers(shared, early, expected, day)
        "{shared} of {early} early followers followed the old account; chance gives {expected}; \
        {day} came within a day"
        "{shared} من {early} من المتابعين الأوائل تابعوا الحساب القديم؛ والصدفة تعطي \
        {expected}؛ وجاء {day} خلال يوم";
    fact_hours(old, new, one_in)
        "Alike hours (of {old} and {new} hours with posts); one pair in {one_in} is as alike"
        "ساعات متشابهة (من {old} و{new} ساعة فيها منشورات)؛ زوج واحد من {one_in} بهذا التشابه";
    fact_use(what, old, new, usual)
        "{what}: {old} and {new} of their posts; {usual} of accounts"
        "{what}: \u{2066}{old}\u{2069} و\u{2066}{new}\u{2069} من منشوراتهما؛ \
         و\u{2066}{usual}\u{2069} من الحسابات";
    fact_style(one_in)
        "They write alike; one pair in {one_in} is as alike"
        "أسلوب متشابه؛ زوج واحد من {one_in} بهذا التشابه";
    fact_made(days, accounts)
        "Made {days} days after the suspension ({accounts} accounts as near)"
        "أُنشئ بعد الإيقاف بـ {days} يوم ({accounts} حساب بهذا القرب)";
    fact_announced(who, accounts)
        "Tied to the old handle by {who} ({accounts} accounts likewise)"
        "ربطه بالمعرّف القديم {who} ({accounts} حساب مثله)";
    remark_window_too_fine(window, unit)
        "Times are whole multiples of {unit}; the window of {window} was left out."
        "الأوقات مضاعفات كاملة لوحدة {unit}؛ استُبعدت نافذة {window}.";
    remark_gatherings_capped(window, crowds, objects, busy, groups, words)
        "Window of {window}: too much to be compared all. Crowds left out: {crowds}; objects not \
         searched to the end: {objects}; accounts too busy to be linked: {busy}; groups too large \
         to be tested: {groups}; pairs of words not remembered: {words}."
        "نافذة {window}: أكثر من أن يُقارن كله. حشود متروكة: {crowds}؛ عناصر لم يكتمل البحث فيها: \
         {objects}؛ حسابات أكثر نشاطا من أن تُربط: {busy}؛ مجموعات أكبر من أن تُختبر: {groups}؛ \
         أزواج كلمات لم تُحفظ: {words}.";
    remark_pairs_capped(count, window)
        "Window of {window}: {count} co-actions of pairs that there was no room for were not \
        tested."
        "نافذة {window}: لم يُختبر {count} من أفعال أزواج لم يتسع لها المكان.";
    remark_objects_capped(trace, window, objects)
        "{trace}, window of {window}: the actions on {objects} objects were too dense to be \
        compared all."
        "{trace}، نافذة {window}: كانت الأفعال على {objects} من الأشياء أكثف من أن تُقارن \
        كلها.";
    explained_set_apart(reasons)
        "Set apart by the operator: {reasons}"
        "استثناها المشغّل: {reasons}";
    explained_feed(client)
        "Posted by a program that follows a feed or a clock: {client}"
        "نُشرت ببرنامج يتبع خلاصة أو ساعة: {client}";
    more_listed(shown, total) "{shown} of {total} are listed." "يُعرض {shown} من {total}.";
    of_window(from, to) "{from} to {to}" "من \u{2066}{from}\u{2069} إلى \u{2066}{to}\u{2069}";
}}
