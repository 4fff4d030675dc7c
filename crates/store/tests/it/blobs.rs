//! Blobs in a folder and in a real S3 server: the same bytes under the same names.

use bytes::Bytes;
use labelwright_store::{
    StoreError,
    blobs::{BlobConfiguration, Blobs},
};
use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The S3 server that the set-up script installs, with one bucket.
struct S3 {
    child: Child,
    endpoint: String,
}

impl Drop for S3 {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn s3() -> S3 {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/python/bin");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new(tools.join("moto_server"))
        .args(["-H", "127.0.0.1", "-p", &port.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the S3 server is missing; scripts/setup.sh test installs it");
    let server = S3 { child, endpoint: format!("http://127.0.0.1:{port}") };
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < Duration::from_secs(60), "the S3 server does not come up");
        std::thread::sleep(Duration::from_millis(50));
    }
    let made = Command::new("curl").args(["-s", "-X", "PUT", &format!("{}/labels", server.endpoint)]).status();
    assert!(made.unwrap().success());
    server
}

#[tokio::test]
async fn the_same_in_a_folder_and_on_s3() {
    let folder = tempfile::tempdir().unwrap();
    let server = s3();
    let configurations = [
        BlobConfiguration::Folder(folder.path().join("blobs")),
        BlobConfiguration::S3 {
            bucket: "labels".into(),
            region: "us-east-1".into(),
            endpoint: Some(server.endpoint.clone()),
            keys: Some(("test".into(), "test".into())),
        },
    ];
    for configuration in configurations {
        let blobs = Blobs::open(&configuration).unwrap();
        let hash = blobs.put(Bytes::from_static(b"0123456789")).await.unwrap();
        assert_eq!(hash, Blobs::hash(b"0123456789"));
        assert_eq!(blobs.put(Bytes::from_static(b"0123456789")).await.unwrap(), hash, "twice is once");
        assert_eq!(&blobs.get(&hash).await.unwrap()[..], b"0123456789");
        assert_eq!(&blobs.get_range(&hash, 3..7).await.unwrap()[..], b"3456");
        assert_eq!(blobs.size(&hash).await.unwrap(), Some(10));
        let large = Bytes::from(vec![7_u8; 12 << 20]);
        let other = blobs.put(large.clone()).await.unwrap();
        assert_eq!(blobs.get(&other).await.unwrap(), large);
        let mut both = vec![hash.clone(), other.clone()];
        both.sort();
        assert_eq!(blobs.list().await.unwrap(), both);
        blobs.delete(&other).await.unwrap();
        assert_eq!(blobs.size(&other).await.unwrap(), None);
        assert!(matches!(blobs.get(&other).await, Err(StoreError::NotFound)));
        for name in ["../../etc/passwd", "", "ABC", &"g".repeat(64)] {
            assert!(matches!(blobs.get(name).await, Err(StoreError::Blob(_))), "{name}");
        }
    }
}

#[tokio::test]
async fn a_blob_that_was_changed_on_disk_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&BlobConfiguration::Folder(folder.path().to_owned())).unwrap();
    let hash = blobs.put(Bytes::from_static(b"gold")).await.unwrap();
    let file = folder.path().join(&hash[..2]).join(&hash[2..4]).join(&hash);
    std::fs::write(&file, b"lead").unwrap();
    assert!(matches!(blobs.get(&hash).await, Err(StoreError::Corrupt { .. })));
}
