//! What any store must do. An implementation runs the suite with a place where an empty store can be opened:
//!
//! ```ignore
//! conformance_suite!(Place::new);
//! ```
//!
//! Reports, enrolments and policies are made as they are in life: signed, verified and admitted. No other way leads
//! into a store.

pub(in crate::store) mod accesses;
pub(in crate::store) mod devices;
pub(in crate::store) mod documents;
pub(in crate::store) mod draft;
pub(in crate::store) mod durability;
pub(crate) mod fixture;
pub(in crate::store) mod listings;
pub(in crate::store) mod parts;
pub(in crate::store) mod placements;
pub(in crate::store) mod quota;
pub(in crate::store) mod reports;
pub(in crate::store) mod retention;
pub(in crate::store) mod shared;

use super::Store;
use std::sync::Arc;

/// Where a store is kept.
pub(crate) trait Place {
    /// Opens the store that is kept here, as one process would; empty at first.
    fn open(&self) -> Arc<dyn Store>;
}

/// A test for each check of the suite.
macro_rules! conformance_suite {
    ($place:path) => {
        $crate::store::conformance::conformance_suite! { $place;
            devices:
                a_token_enrols_one_device,
                a_token_enrols_one_device_however_many_ask_at_once,
                a_lost_answer_is_given_again,
                a_challenge_works_once,
                a_device_on_record_is_not_enrolled_over,
                expired_and_revoked_tokens_enrol_nobody,
                a_record_that_cannot_be_signed_enrols_nobody,
                what_an_agent_understands_is_noted_and_counted,
                the_root_that_a_device_follows_is_noted;
            placements:
                a_device_is_moved_by_one_placement_after_the_other,
                a_placement_that_does_not_follow_moves_nobody,
                the_newest_placement_once_more_brings_signatures_and_moves_nobody,
                of_two_placements_in_two_processes_one_moves_the_device;
            documents:
                versions_only_rise,
                versions_follow_one_another,
                a_policy_is_issued_to_its_group_alone,
                a_policy_under_another_root_is_not_published,
                a_first_root_is_kept_once;
            reports:
                the_same_report_gets_the_same_receipt,
                another_report_of_the_same_number_is_an_equivocation,
                a_report_that_breaks_the_chain_is_not_stored,
                a_gap_is_named_and_can_be_filled,
                a_base_that_is_not_there_is_asked_for,
                a_base_that_changed_after_it_was_judged_is_asked_for,
                rows_are_read_where_they_are_needed,
                a_section_that_is_not_carried_goes,
                a_revoked_device_stores_nothing,
                a_receipt_that_cannot_be_signed_stores_nothing,
                what_a_device_sent_is_counted_once,
                the_newest_report_of_each_stream_is_told;
            parts:
                each_part_goes_at_its_own_date,
                a_report_in_which_nothing_changed_prolongs_all,
                what_was_deleted_is_asked_for_before_it_is_prolonged,
                a_part_that_did_not_come_is_no_reason_to_refuse,
                a_newer_part_takes_the_place_of_what_is_never_a_history,
                places_stand_side_by_side_until_a_report_says_that_they_are_no_more;
            quota:
                a_device_has_so_many_reports_stored_on_a_day,
                a_device_has_so_many_bytes_stored_on_a_day,
                the_last_reports_of_a_quota_are_stored_once_in_all_processes,
                a_report_beyond_the_quota_changes_nothing;
            retention:
                content_goes_at_its_instant_and_the_receipt_stays,
                rows_that_are_reported_again_are_kept_on,
                much_is_deleted_piece_by_piece;
            shared:
                a_nonce_works_once_in_all_processes,
                a_key_has_so_many_nonces,
                a_challenge_of_one_process_is_known_to_another,
                a_lease_has_one_holder_until_it_ends,
                events_of_an_hour_are_counted_together;
            accesses:
                equal_accesses_of_an_hour_are_counted_together,
                accesses_are_forgotten_in_time;
            listings:
                every_listing_is_walked_in_pages,
                pages_stay_good_when_rows_come_and_go,
                a_foreign_cursor_is_refused;
            durability:
                what_was_answered_is_there_after_reopening;
        }
    };
    ($place:path; $($module:ident: $($check:ident),+;)+) => {
        $($(
            #[test]
            fn $check() {
                $crate::store::wait($crate::store::conformance::$module::$check(&$place()));
            }
        )+)+
    };
}

pub(in crate::store) use conformance_suite;
