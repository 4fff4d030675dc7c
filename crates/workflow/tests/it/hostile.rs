//! Hostile and broken sources: each is refused with its reason, what is good beside it is kept where that was asked.

use crate::support::{World, counts, worlds};
use labelwright_workflow::jobs::kinds::OnError;
use std::{
    io::{Cursor, Write},
    path::PathBuf,
};
use zip::write::SimpleFileOptions;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn archive(world: &World, name: &str, entries: &[(&str, &[u8])]) -> PathBuf {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    world.file(name, writer.finish().unwrap().into_inner())
}

/// The import fails as a whole and nothing is there afterwards.
async fn refused(world: &World, dataset: &str, path: &std::path::Path, reason: &str) {
    let job = world.import(dataset, path, OnError::KeepGood).await;
    assert_eq!(job.state, "failed", "{} {dataset}", world.name);
    assert!(job.message.contains(reason), "{} {dataset}: {}", world.name, job.message);
    assert!(world.items(dataset).await.is_empty(), "{} {dataset}", world.name);
}

#[tokio::test]
async fn archives_that_lead_out_or_blow_up_are_refused() {
    for world in worlds().await {
        let good = png(4, 4);
        let slip = archive(&world, "slip.zip", &[("good.png", &good), ("../../evil.png", &good)]);
        refused(&world, "slip", &slip, "leads out").await;
        let absolute = archive(&world, "absolute.zip", &[("/etc/evil.png", &good)]);
        refused(&world, "absolute", &absolute, "leads out").await;
        let zeros = vec![0_u8; 8 << 20];
        let bomb = archive(&world, "bomb.zip", &[("bomb.png", &zeros)]);
        refused(&world, "bomb", &bomb, "suspiciously much").await;
        let cut = world.file("cut.zip", &std::fs::read(&slip).unwrap()[..40]);
        refused(&world, "cut", &cut, "cannot be read").await;
        assert!(!world.folder.path().join("evil.png").exists());
        let fine = archive(&world, "fine.zip", &[("a/1.png", &good), ("b/1.png", &good)]);
        let job = world.import("fine", &fine, OnError::RefuseAll).await;
        assert_eq!(counts(&job), (2, 0, 0), "{}", world.name);
    }
}

#[tokio::test]
async fn links_in_a_folder_are_not_followed() {
    for world in worlds().await {
        world.file("pictures/good.png", png(4, 4));
        let secret = world.file("secret/secret.png", png(5, 5));
        let folder = world.folder.path().join("source/pictures");
        std::os::unix::fs::symlink(&secret, folder.join("link.png")).unwrap();
        std::os::unix::fs::symlink(secret.parent().unwrap(), folder.join("elsewhere")).unwrap();
        let job = world.import("pictures", &folder, OnError::KeepGood).await;
        assert_eq!(counts(&job), (1, 0, 0), "{}", world.name);
        assert_eq!(world.items("pictures").await[0].key, "good.png");
    }
}

#[tokio::test]
async fn broken_pictures_and_pixel_bombs_are_named_and_the_good_ones_kept() {
    for world in worlds().await {
        let good = png(6, 3);
        // A header that claims 100,000 pixels on each side, with its checksum left as it was.
        let mut bomb = good.clone();
        bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);
        let jpeg: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F'];
        for (name, content) in [
            ("good.png", &good[..]),
            ("empty.png", &[]),
            ("cut.png", &good[..20]),
            ("cut.jpg", jpeg),
            ("bomb.png", &bomb),
        ] {
            world.file(&format!("mixed/{name}"), content);
        }
        let job = world.import("mixed", &world.folder.path().join("source/mixed"), OnError::KeepGood).await;
        assert_eq!(counts(&job), (1, 0, 4), "{}: {:?}", world.name, world.problems(&job).await);
        let items = world.items("mixed").await;
        assert_eq!((items.len(), items[0].key.as_str()), (1, "good.png"), "{}", world.name);
    }
}

#[tokio::test]
async fn coco_with_its_pictures_brings_boxes_along() {
    for world in worlds().await {
        let coco = r#"{"images":[{"id":1,"file_name":"a.png","width":20,"height":10},{"id":2,"file_name":"gone.png","width":20,"height":10}],"categories":[{"id":7,"name":"car"}],"annotations":[{"id":1,"image_id":1,"category_id":7,"bbox":[1,2,3,4],"area":12,"iscrowd":0}]}"#;
        let picture = png(20, 10);
        let path = archive(&world, "coco.zip", &[("annotations.json", coco.as_bytes()), ("a.png", &picture)]);
        let job = world.import("coco", &path, OnError::KeepGood).await;
        assert_eq!(counts(&job), (1, 0, 1), "{}: {:?}", world.name, world.problems(&job).await);
        assert_eq!(world.items("coco").await[0].key, "a.png", "{}", world.name);
    }
}
