//! The conformance suite: what every [`Store`] has to do, as tests. Feature `suite`.
//!
//! In the tests of a store, [`suite!`](crate::suite!) makes one `#[test]` of each case. Its argument is evaluated
//! for each case and has to give an empty store.
//!
//! ```
//! mod tests {
//!     hallpass_store::suite!(hallpass_store::Memory::new());
//! }
//! ```
//!
//! A store whose futures need a runtime around them names a second argument, a [`BlockOn`]. It is called from many
//! threads at once:
//!
//! ```ignore
//! hallpass_store::suite!(database(), |answer| RUNTIME.block_on(answer));
//! ```
//!
//! Where tests cannot be generated, [`all`] runs every case in turn:
//!
//! ```
//! hallpass_store::suite::all(hallpass_store::Memory::new, hallpass_store::suite::block_on);
//! ```
//!
//! The suite cannot pull the plug: that an acknowledged commit survives a crash, a full disk or a lost connection
//! each store has to show by itself.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod commits;
mod endings;
mod listings;
mod sessions;
mod standing;
mod subject;
mod tokens;
mod users;

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use crate::store::Store;
use subject::Subject;

/// Drives a future to its end on the thread that calls it.
pub type BlockOn = fn(Pin<Box<dyn Future<Output = ()> + Send + '_>>);

type Case = fn(&Subject<'_>);

/// Makes one `#[test]` of each case of the [conformance suite](mod@crate::suite): `suite!(make)`, or
/// `suite!(make, block_on)` where the store's futures need a runtime.
#[macro_export]
macro_rules! suite {
    (@list $what:ident $with:tt) => {
        $crate::suite! { @$what $with
            users: [
                an_unknown_user_is_none
                a_user_is_found_by_id_address_and_account
                a_taken_address_is_refused
                an_address_is_compared_byte_by_byte
                users_without_an_address_are_many
                an_empty_address_is_not_a_missing_one
                an_updated_user_is_replaced_whole
                an_update_keeps_its_own_address
                an_update_to_a_taken_address_is_refused
                an_update_of_a_user_that_is_gone_is_refused
                a_given_up_address_is_free_at_once
                a_user_id_in_use_is_refused
                ids_that_look_alike_are_not_confused
                text_comes_back_as_it_went
                times_come_back_to_the_millisecond
            ];
            accounts: [
                an_account_comes_back_with_its_password_hash
                accounts_come_oldest_first
                accounts_of_others_are_not_listed
                an_account_is_linked_to_one_user_only
                the_same_id_at_two_providers_is_two_accounts
                linking_to_a_user_that_is_gone_is_refused
                an_unlinked_account_is_gone_and_can_be_linked_again
                unlinking_nothing_is_fine
                unlinking_all_takes_what_was_linked_after_the_list_was_read
                unlinking_all_spares_other_users
                unlinking_all_where_there_is_none_is_fine
                a_required_account_that_stands_lets_the_rest_through
                a_required_account_that_is_not_linked_is_refused_and_not_linked
                a_required_account_of_another_user_is_refused
                a_required_account_with_another_secret_is_refused
                a_required_account_whose_secret_was_replaced_is_refused
                an_account_has_no_tokens_until_some_are_kept
                kept_tokens_come_back_as_they_went_and_the_next_replace_them
                tokens_for_an_account_that_is_not_linked_are_refused
                tokens_that_were_overtaken_are_refused_and_those_that_stand_stay
                tokens_go_with_their_account
                of_fifty_racing_replacements_one_wins
            ];
            sessions: [
                an_unknown_session_is_none
                a_session_comes_with_its_user_as_they_are
                a_session_of_a_user_that_is_gone_is_refused
                a_session_key_in_use_is_refused_and_stays_whose_it_is
                an_expired_session_is_returned_as_it_is
                a_renewed_session_keeps_its_user_and_its_beginning
                a_session_keeps_its_claims_until_a_renewal_brings_others
                renewing_an_ended_session_is_refused
                ending_no_session_is_fine
                ending_one_session_spares_the_others
                ending_all_sessions_of_a_user_spares_other_users
                ending_all_sessions_but_one_spares_that_one
                another_users_session_is_no_exception
                a_required_session_that_stands_lets_the_rest_through
                a_required_session_that_is_over_but_not_swept_stands
                a_required_session_that_was_ended_is_refused
            ];
            listings: [
                users_come_oldest_first_page_by_page
                a_page_goes_on_behind_a_user_that_moved
                users_are_found_by_a_part_of_their_address
                a_listing_tells_who_is_disabled
                sessions_come_by_key_page_by_page
                sessions_of_one_user_are_listed_without_others
            ];
            standing: [
                a_disabled_user_gets_no_session
                disabling_twice_keeps_the_first_moment
                an_enabled_user_gets_sessions_again
                disabling_or_enabling_nobody_is_refused
                an_update_does_not_enable_a_user
                disabling_and_ending_in_one_commit_leaves_no_session
                a_disabled_user_that_is_refused_keeps_their_link
                a_sign_in_that_races_a_disabling_leaves_no_session
                what_is_only_for_who_can_sign_in_is_refused_to_others_and_writes_nothing
            ];
            endings: [
                an_announced_end_is_told_once_and_in_order
                ends_of_all_but_one_are_announced_without_that_one
                an_end_of_no_session_is_not_announced
                a_refused_commit_announces_nothing
                a_sweep_forgets_announcements_that_are_over
                a_number_is_not_given_again_after_a_sweep
            ];
            tokens: [
                an_unknown_token_is_none
                a_token_is_looked_at_without_being_spent
                a_spent_token_is_refused
                a_token_works_until_the_millisecond_before_it_expires
                a_token_is_worthless_from_the_moment_it_expires
                an_expired_token_is_returned_as_it_is
                a_token_that_was_never_issued_is_refused
                a_token_is_not_lost_when_a_later_change_fails
                a_token_is_not_spent_twice_in_one_commit
                a_token_issued_in_a_commit_can_be_spent_in_it
                a_token_key_in_use_is_refused_and_stays_whose_it_is
                a_token_of_another_purpose_is_refused_and_not_spent
                voided_tokens_are_gone_and_others_stay
                voiding_spares_tokens_of_another_purpose
                a_link_to_sign_in_and_one_to_set_a_password_are_never_taken_for_each_other
                of_fifty_racing_redeems_one_wins
                of_fifty_racing_issues_of_one_key_one_wins
            ];
            commits: [
                an_empty_commit_is_fine
                changes_apply_in_order
                a_failing_last_change_leaves_nothing
                a_failing_first_change_stops_the_rest
                a_refused_commit_does_not_stop_the_next
                a_sweep_forgets_what_is_over_and_nothing_else
                racing_sign_ups_with_one_address_make_one_user
                racing_links_of_one_account_link_it_once
                a_renewal_that_races_an_end_does_not_bring_the_session_back
                a_sign_in_that_races_a_change_of_password_leaves_no_session
                a_link_that_races_a_lockout_leaves_no_account
                commits_from_many_threads_are_all_kept
            ];
        }
    };
    (@tests ($make:expr, $block_on:expr) $($room:ident: [$($case:ident)*];)*) => {
        $($(
            #[test]
            fn $case() {
                $crate::suite::one(stringify!($case), || $make, $block_on);
            }
        )*)*
    };
    (@table () $($room:ident: [$($case:ident)*];)*) => {
        &[$($((stringify!($case), $room::$case),)*)*]
    };
    ($make:expr) => { $crate::suite! { @list tests ($make, $crate::suite::block_on) } };
    ($make:expr, $block_on:expr) => { $crate::suite! { @list tests ($make, $block_on) } };
}

const CASES: &[(&str, Case)] = crate::suite! { @list table () };

/// Runs every case, each on a store of its own from `make`, which has to be empty. Panics at the first that fails.
pub fn all<S: Store>(make: impl Fn() -> S, block_on: BlockOn) {
    for (_, case) in CASES {
        case(&Subject::new(&make(), block_on));
    }
}

/// Runs the case of this name; what [`suite!`](crate::suite!) calls. Panics where it fails or there is none.
pub fn one<S: Store>(name: &str, make: impl FnOnce() -> S, block_on: BlockOn) {
    let (_, case) = CASES.iter().find(|(known, _)| *known == name).expect("the suite has this case");
    case(&Subject::new(&make(), block_on));
}

/// A [`BlockOn`] for stores that need no runtime: parks the thread until the future wakes it.
pub fn block_on(mut future: Pin<Box<dyn Future<Output = ()> + Send + '_>>) {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    while pin!(&mut future).poll(&mut context) == Poll::Pending {
        std::thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Account, Answer, Change, CommitError, Ending, Listed, Memory, OneTimeToken, Session};
    use crate::{ProviderTokens, SessionPage, TokenHash, User, UserBy, UserId, UserPage};

    /// Forgets to be atomic: applies each change by itself.
    struct Careless(Memory);

    impl Store for Careless {
        fn session<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<(Session, User)>> {
            self.0.session(key)
        }
        fn user<'a>(&'a self, by: UserBy<'a>) -> Answer<'a, Option<User>> {
            self.0.user(by)
        }
        fn accounts<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Account>> {
            self.0.accounts(user)
        }
        fn provider_tokens<'a>(
            &'a self,
            provider: &'a str,
            provider_account_id: &'a str,
        ) -> Answer<'a, Option<ProviderTokens>> {
            self.0.provider_tokens(provider, provider_account_id)
        }
        fn token<'a>(&'a self, key: &'a TokenHash) -> Answer<'a, Option<OneTimeToken>> {
            self.0.token(key)
        }
        fn users<'a>(&'a self, page: UserPage<'a>) -> Answer<'a, Vec<Listed>> {
            self.0.users(page)
        }
        fn sessions<'a>(&'a self, page: SessionPage<'a>) -> Answer<'a, Vec<Session>> {
            self.0.sessions(page)
        }
        fn endings<'a>(&'a self, after: u64, most: usize) -> Answer<'a, Vec<Ending>> {
            self.0.endings(after, most)
        }
        fn commit<'a>(&'a self, changes: &'a [Change]) -> Answer<'a, (), CommitError> {
            Box::pin(async move {
                for change in changes {
                    self.0.commit(std::slice::from_ref(change)).await?;
                }
                Ok(())
            })
        }
    }

    #[test]
    fn a_store_that_applies_half_a_commit_does_not_pass() {
        for case in ["a_failing_last_change_leaves_nothing", "a_token_is_not_lost_when_a_later_change_fails"]
        {
            let failed = std::panic::catch_unwind(|| one(case, || Careless(Memory::new()), block_on));
            assert!(failed.is_err(), "{case} passes a careless store");
        }
    }

    #[test]
    fn every_case_runs_on_a_store_of_its_own() {
        let made = std::cell::Cell::new(0);
        let make = || {
            made.set(made.get() + 1);
            Memory::new()
        };
        all(make, block_on);
        assert_eq!(made.get(), CASES.len());
    }

    #[test]
    fn a_future_that_is_woken_from_another_thread_is_driven_to_its_end() {
        let (send, receive) = std::sync::mpsc::channel::<Waker>();
        let other = std::thread::spawn(move || receive.recv().expect("a waker").wake());
        let mut polls = 0;
        block_on(Box::pin(std::future::poll_fn(|context| {
            polls += 1;
            if polls > 1 {
                return Poll::Ready(());
            }
            send.send(context.waker().clone()).expect("the thread listens");
            Poll::Pending
        })));
        other.join().expect("the thread ends");
        assert_eq!(polls, 2);
    }
}
