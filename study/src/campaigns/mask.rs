//! Results that name nobody: accounts and posts under pseudonyms, and no texts.
//!
//! The texts of posts, and ids by which a post can be looked up, tell who wrote it as surely as a
//! name. What a group shares and what is nobody's own, links, hashtags and pictures, is the
//! evidence, and stays.

use super::findings::{
    AccountEvidence, CampaignFinding, Campaigns, Example, Explanation, ObjectEvidence, PairEvidence,
};
use super::traces::Trace;

impl Campaigns {
    /// Puts every account and post under its pseudonym, and leaves out every text of a post.
    pub fn mask(&mut self, pseudonym: &dyn Fn(&str) -> String) {
        // A note names the first thing that was treated, which may be a post or an account.
        for note in std::mem::take(&mut self.notes).all() {
            self.notes.add_many(note.treatment, note.count, "");
        }
        for finding in self.findings.iter_mut().chain(&mut self.explained) {
            finding.mask(pseudonym);
        }
        for example in self.bursts.iter_mut().flat_map(|burst| &mut burst.examples) {
            example.mask(pseudonym);
        }
    }
}

impl CampaignFinding {
    fn mask(&mut self, pseudonym: &dyn Fn(&str) -> String) {
        for AccountEvidence { account, .. } in &mut self.accounts {
            *account = pseudonym(account);
        }
        for PairEvidence { a, b, .. } in &mut self.pairs {
            (*a, *b) = (pseudonym(a), pseudonym(b));
        }
        self.objects.iter_mut().for_each(|object| object.mask(pseudonym));
        self.examples.iter_mut().for_each(|example| example.mask(pseudonym));
        match &mut self.explanation {
            Some(Explanation::Audience { of }) => *of = pseudonym(of),
            Some(
                Explanation::SetApart { .. }
                | Explanation::FeedClient { .. }
                | Explanation::Timetable { .. },
            )
            | None => {}
        }
    }
}

impl ObjectEvidence {
    fn mask(&mut self, pseudonym: &dyn Fn(&str) -> String) {
        match self.trace {
            Trace::Repost | Trace::Reply => self.object = pseudonym(&self.object),
            Trace::Text | Trace::SimilarText => self.object.clear(),
            Trace::Link | Trace::Hashtag | Trace::Image => {}
        }
    }
}

impl Example {
    fn mask(&mut self, pseudonym: &dyn Fn(&str) -> String) {
        self.account = pseudonym(&self.account);
        self.post = pseudonym(&self.post);
        self.text.clear();
    }
}

#[cfg(test)]
mod tests {
    use crate::Unwatched;
    use crate::campaigns::planted::planted;
    use crate::campaigns::{Parameters, run};

    #[test]
    fn nobody_is_named_and_no_post_can_be_looked_up() {
        let dataset = planted(3, 500, 2).dataset;
        let parameters = Parameters { windows_s: vec![60], ..Parameters::default() };
        let mut found = run(&dataset, &parameters, &mut Unwatched).unwrap();
        assert!(found.findings.iter().any(|finding| !finding.examples.is_empty()));
        found.mask(&|_| "P".to_owned());
        let told = serde_json::to_string(&found).unwrap();
        for row in 0..dataset.posts.len() {
            let (id, text) = (dataset.posts.id[row], dataset.posts.text_of(row));
            let id = format!("\"{}\"", dataset.posts.ids.text(id));
            assert!(!told.contains(&id), "{id}");
            assert!(text.len() < 20 || !told.contains(text), "{text}");
        }
        for account in 0..dataset.accounts.len() as u32 {
            let name = format!("\"{}\"", dataset.accounts.text(account));
            assert!(!told.contains(&name), "{name}");
        }
        assert!(told.contains("\"account\":\"P\""));
    }
}
