//! What every metadata store must do, whichever database is behind it: functions that take a store,
//! and one list that runs them all on a database of its own each. Another database is another list.

#[cfg(test)]
mod access;
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
mod jobs;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod outputs;
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
        a_secret_is_kept_once,
    }
    files {
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
        tracks_come_back_by_position,
        two_tracks_cannot_share_a_position,
    }
    asset_list {
        each_filter_finds_its_assets,
        each_sort_runs_both_ways_and_equal_assets_follow_their_ids,
        pages_cover_the_listing_once,
        a_listing_is_of_one_organization,
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
        the_objects_of_parts_are_named_once_for_each_reference,
        deleted_outputs_take_all_that_belongs_to_them_along,
        what_is_not_there_is_neither_sealed_nor_finished_nor_updated,
        a_track_is_listed_until_an_update_says_otherwise,
    }
    jobs {
        the_oldest_job_is_claimed_first,
        work_that_waits_or_runs_is_not_queued_twice,
        work_that_is_done_can_be_queued_again,
        a_lease_that_ended_goes_to_the_next_worker_and_fences_the_first,
        a_lease_that_is_extended_holds,
        a_job_whose_workers_go_away_is_parked_and_starves_nobody,
        a_failed_attempt_waits_for_its_moment,
        a_parked_job_is_not_claimed,
        a_claim_that_is_not_committed_did_not_happen,
        the_clock_is_that_of_today_in_milliseconds,
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
