//! What every metadata store must do, whichever database is behind it: functions that take a store,
//! and one list that runs them all on a database of its own each. Another database is another list.

#[cfg(test)]
mod access;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod asset_list;
#[cfg(test)]
mod assets;
#[cfg(test)]
mod file_list;
#[cfg(test)]
mod files;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod intakes;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod outputs;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod playback;
#[cfg(test)]
mod transactions;

/// Runs each rule on a new SQLite store in a directory of its own.
macro_rules! on_sqlite {
    ($($module:ident { $($rule:ident,)+ })+) => {
        mod on_sqlite {
            use kinora_store::{Location, SqlStore};
            $(
                mod $module {
                    $(
                        #[tokio::test]
                        async fn $rule() {
                            let home = tempfile::tempdir().unwrap();
                            let store = super::new(home.path()).await;
                            crate::$module::$rule(&store).await;
                        }
                    )+
                }
            )+

            async fn new(home: &std::path::Path) -> SqlStore {
                SqlStore::open(&Location::Sqlite(home.join("kinora.db"))).await.unwrap()
            }
        }
    };
}

on_sqlite! {
    access {
        an_organization_comes_back_with_its_project,
        organizations_are_listed_by_name,
        two_organizations_cannot_share_a_name,
        a_key_comes_back_in_every_state_with_its_grants_in_order,
        keys_are_found_by_their_prefix_and_listed_oldest_first,
        an_update_changes_name_grants_and_state_of_a_key_and_nothing_else,
        a_key_acts_for_an_organization_in_one_role,
        active_keys_of_an_organization_are_found_sorted_and_paged,
        other_admins_are_active_keys_of_that_organization,
        a_secret_is_kept_once,
    }
    answers {
        an_answer_is_found_by_all_of_its_id,
        an_answer_takes_the_place_of_an_old_one_only,
        old_answers_are_forgotten_oldest_first,
        an_answer_belongs_to_a_key_and_is_a_success,
    }
    files {
        labels_are_replaced_as_a_whole_and_go_with_their_file,
        a_file_comes_back_in_every_state,
        an_update_changes_what_may_change_and_nothing_else,
        a_file_of_another_organization_is_absent,
        a_part_takes_the_place_of_an_earlier_one_of_its_number,
        a_deleted_file_takes_its_parts_and_tracks_along,
        stale_uploads_come_oldest_first,
        a_size_that_no_database_can_hold_is_refused,
    }
    file_list {
        each_filter_finds_its_files,
        each_sort_runs_both_ways_and_equal_files_follow_their_ids,
        pages_cover_the_listing_once,
        a_listing_is_of_one_organization,
    }
    assets {
        an_asset_comes_back_in_every_state,
        an_update_changes_what_may_change_and_nothing_else,
        an_asset_of_another_organization_is_absent,
        a_tombstone_comes_out_of_nothing,
        an_asset_outlives_its_files,
        labels_are_replaced_as_a_whole,
        tracks_come_back_by_position,
        two_tracks_cannot_share_a_position,
    }
    asset_list {
        each_filter_finds_its_assets,
        what_was_found_is_found_anew_after_each_change,
        pages_of_many_are_those_of_the_whole_order,
        each_sort_runs_both_ways_and_equal_assets_follow_their_ids,
        pages_cover_the_listing_once,
        a_listing_is_of_one_organization,
    }
    intakes {
        an_intake_comes_back_in_every_state,
        an_update_changes_what_may_change_of_an_intake_and_nothing_else,
        a_block_takes_the_place_of_an_earlier_one_of_its_name,
        content_comes_back_in_its_order_and_nothing_waits_beside_it,
        a_deleted_intake_takes_its_blocks_along,
        awaited_are_those_that_became_no_asset_newest_first,
        stale_intakes_are_open_and_come_oldest_first,
    }
    objects {
        references_are_counted_down_to_none,
        an_object_without_references_cannot_be_taken_up_again,
        references_never_become_negative,
        an_object_with_references_is_not_forgotten,
    }
    outputs {
        an_output_comes_back_in_every_state,
        an_update_changes_what_may_change_and_nothing_else,
        outputs_of_an_asset_come_oldest_first_without_their_plans,
        renditions_come_back_in_every_role_by_position,
        two_renditions_of_an_asset_cannot_share_a_position,
        parts_come_back_by_number_and_each_number_once,
        a_part_of_no_rendition_is_refused,
        a_sealed_rendition_has_no_parts_and_is_done,
        a_deleted_rendition_takes_its_parts_along,
        the_next_position_is_behind_all_tracks_and_renditions,
        a_chunk_begins_with_nothing_done_and_its_number_is_its_own,
        what_is_done_of_a_chunk_never_shrinks_nor_exceeds_it,
        a_finished_chunk_is_done_and_stays_so,
        the_amount_is_that_of_the_picture_or_else_of_the_sound,
        a_deleted_output_takes_all_that_belongs_to_it_along,
        what_is_not_there_is_neither_sealed_nor_finished_nor_updated,
        a_track_is_listed_until_an_update_says_otherwise,
    }
    pictures {
        a_picture_comes_back_by_its_name,
        of_one_name_there_is_one_picture,
        pictures_come_in_the_order_of_their_use,
        a_picture_goes_with_its_output,
    }
    playback {
        an_organization_is_open_until_it_says_otherwise,
        sites_are_of_one_organization_oldest_first,
        playback_keys_come_back_in_every_form_and_state,
        keys_of_what_is_encrypted_are_one_for_an_output_and_go_with_it,
    }
    jobs {
        a_claim_says_everything_about_its_job,
        work_that_waits_or_runs_is_not_queued_twice,
        work_that_is_done_or_parked_can_be_queued_again,
        a_claim_takes_only_the_kinds_that_it_asks_for,
        a_failed_attempt_waits_for_its_moment,
        a_claim_that_is_not_committed_did_not_happen,
        a_job_under_lease_makes_others_in_the_transaction_that_completes_it,
        the_clock_is_that_of_today_in_milliseconds,
        priorities_come_before_everything_else,
        an_organization_gets_its_jobs_in_the_order_of_queueing_whatever_the_clock_says,
        workers_are_shared_fairly_between_organizations,
        shares_are_counted_among_the_kinds_that_are_asked_for,
        a_lease_that_ended_and_a_timer_take_their_old_place,
        a_lease_that_ended_goes_to_the_next_worker_and_fences_the_first,
        a_lease_that_is_extended_holds,
        a_job_whose_workers_go_away_is_leased_for_its_burial_and_starves_nobody,
        last_words_of_a_failure_outlast_workers_that_go_away_and_are_bounded,
        leases_of_a_process_that_is_gone_are_released_and_counted,
        the_last_child_releases_its_join,
        a_join_in_a_join_counts_when_it_is_done_itself,
        a_join_with_a_moment_waits_for_both,
        a_child_of_what_does_not_wait_for_it_is_refused,
        a_job_that_nobody_has_is_removed,
        a_worker_hears_of_a_cancellation_and_its_result_is_refused,
        a_canceled_job_whose_worker_went_away_is_removed_with_its_lease,
        a_canceled_join_takes_its_children_along,
        a_child_that_is_canceled_leaves_a_place_for_another,
        a_parked_job_is_replayed_with_all_its_attempts_and_its_words,
        jobs_are_listed_newest_first_and_counted_by_state,
        a_timer_goes_off_at_its_moment,
        a_clock_that_is_set_back_makes_no_wait_longer_than_it_was,
        a_holder_beats_through_a_clock_that_is_set_back,
        a_clock_that_is_set_forwards_ends_leases_and_fences_their_holders,
    }
    transactions {
        what_is_committed_is_seen_by_the_next_transaction,
        a_dropped_transaction_is_undone,
        a_transaction_that_is_cancelled_in_a_statement_is_undone,
        a_statement_that_fails_ends_its_transaction,
        a_transaction_that_is_cancelled_while_it_begins_leaves_the_writer_free,
        a_writer_waits_for_another_writer,
        two_hundred_writers_all_get_their_turn,
        readers_do_not_wait_for_a_writer_and_keep_their_view,
        a_reader_cannot_write,
        an_update_of_what_is_not_there_is_an_error,
    }
}
