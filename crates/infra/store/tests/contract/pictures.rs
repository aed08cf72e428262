//! Pictures that are kept.

use crate::fixture::{asset, asset_id, at, object_id, output, output_id, two_organizations, write};
use kinora_app::port::{KeptPicture, Store, StoreError};

fn picture(asset: u128, output: u128, name: &str, used: i64) -> KeptPicture {
    KeptPicture {
        asset: asset_id(asset),
        output: output_id(output),
        name: name.to_owned(),
        object: object_id(50),
        bytes: 7,
        used: at(used),
    }
}

/// Assets 1 and 2; the first with outputs 1 and 3, the second with output 2.
async fn assets(store: &dyn Store) {
    two_organizations(store).await;
    write(store, async |tx| {
        for number in [1, 2] {
            tx.insert_asset(&asset(number)).await.unwrap();
            tx.insert_output(&output(number, asset_id(number))).await.unwrap();
        }
        tx.insert_output(&output(3, asset_id(1))).await.unwrap();
    })
    .await;
}

async fn names(store: &dyn Store, asset: u128) -> Vec<String> {
    let pictures = store.read().await.unwrap().kept_pictures(asset_id(asset)).await.unwrap();
    pictures.into_iter().map(|picture| picture.name).collect()
}

pub(crate) async fn a_picture_comes_back_by_its_name(store: &dyn Store) {
    assets(store).await;
    let all = [picture(1, 1, "a", 5), picture(1, 1, "A", -5), picture(1, 3, "a/b", 5), picture(2, 2, "a", 5)];
    write(store, async |tx| {
        for picture in &all {
            assert!(tx.keep_picture(picture).await.unwrap());
        }
    })
    .await;
    let mut tx = store.read().await.unwrap();
    for picture in all {
        assert_eq!(tx.kept_picture(picture.asset, &picture.name).await.unwrap().as_ref(), Some(&picture));
    }
    assert_eq!(tx.kept_picture(asset_id(2), "A").await.unwrap(), None);
}

pub(crate) async fn of_one_name_there_is_one_picture(store: &dyn Store) {
    assets(store).await;
    let first = picture(1, 1, "a", 5);
    let second = KeptPicture { object: object_id(51), used: at(9), ..first.clone() };
    write(store, async |tx| {
        assert!(tx.keep_picture(&first).await.unwrap());
        assert!(!tx.keep_picture(&second).await.unwrap());
    })
    .await;
    write(store, async |tx| {
        assert_eq!(tx.kept_picture(asset_id(1), "a").await.unwrap(), Some(first));
        tx.forget_picture(asset_id(1), "a").await.unwrap();
        tx.forget_picture(asset_id(1), "a").await.unwrap();
        assert!(tx.keep_picture(&second).await.unwrap());
    })
    .await;
    let mut tx = store.begin().await.unwrap();
    let refused = tx.keep_picture(&picture(1, 9, "b", 0)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Driver { doing: "storing a picture", .. }), "{refused:?}");
}

pub(crate) async fn pictures_come_in_the_order_of_their_use(store: &dyn Store) {
    assets(store).await;
    write(store, async |tx| {
        for (name, used) in [("c", 2), ("a", 3), ("d", 1), ("b", 3)] {
            tx.keep_picture(&picture(1, 1, name, used)).await.unwrap();
        }
        tx.keep_picture(&picture(2, 2, "d", 0)).await.unwrap();
    })
    .await;
    assert_eq!(names(store, 1).await, ["d", "c", "a", "b"]);
    write(store, async |tx| {
        tx.use_picture(asset_id(1), "d", at(4)).await.unwrap();
        tx.use_picture(asset_id(1), "gone", at(4)).await.unwrap();
    })
    .await;
    assert_eq!(names(store, 1).await, ["c", "a", "b", "d"]);
    let other = store.read().await.unwrap().kept_picture(asset_id(2), "d").await.unwrap().unwrap();
    assert_eq!(other.used, at(0), "that of another asset stays");
}

pub(crate) async fn a_picture_goes_with_its_output(store: &dyn Store) {
    assets(store).await;
    write(store, async |tx| {
        for (output, name) in [(1, "a"), (3, "b")] {
            tx.keep_picture(&picture(1, output, name, 0)).await.unwrap();
        }
        tx.delete_output(output_id(1)).await.unwrap();
    })
    .await;
    assert_eq!(names(store, 1).await, ["b"]);
}
