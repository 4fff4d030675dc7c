//! Blobs in a folder and in a real S3 server: the same bytes under the same names.

use bytes::Bytes;
use futures::TryStreamExt;
use labelwright_store::{
    StoreError,
    blobs::{BlobConfiguration, Blobs},
};
use std::{
    io::{Read, Write},
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
        // A blob that was not in memory is the same blob.
        let mut draft = blobs.draft().unwrap();
        draft.write_all(&large).unwrap();
        assert_eq!(blobs.keep(draft).await.unwrap(), (other.clone(), 12 << 20), "written again");
        let mut draft = blobs.draft().unwrap();
        draft.write_all(b"on disk").unwrap();
        drop(blobs.draft().unwrap());
        let (third, size) = blobs.keep(draft).await.unwrap();
        assert_eq!((third.clone(), size), (Blobs::hash(b"on disk"), 7));
        assert_eq!(read(&blobs, &third).await.unwrap(), b"on disk");
        assert_eq!(read(&blobs, &other).await.unwrap(), large);
        let parts: Vec<Bytes> = blobs.stream(&other).await.unwrap().try_collect().await.unwrap();
        assert_eq!(parts.concat(), large);
        blobs.check(&third).await.unwrap();
        assert!(matches!(blobs.check(&Blobs::hash(b"none")).await, Err(StoreError::NotFound)));
        let beside = tempfile::tempdir().unwrap();
        let copies = Blobs::open(&BlobConfiguration::Folder(beside.path().to_owned())).unwrap();
        assert_eq!(blobs.copy_to(&copies, &other).await.unwrap(), 12 << 20);
        assert_eq!(blobs.copy_to(&copies, &third).await.unwrap(), 7);
        assert_eq!(copies.get(&other).await.unwrap(), large);
        both.push(third);
        both.sort();
        assert_eq!(blobs.list().await.unwrap(), both, "no draft is left");
        blobs.delete(&other).await.unwrap();
        assert_eq!(blobs.size(&other).await.unwrap(), None);
        assert!(matches!(blobs.get(&other).await, Err(StoreError::NotFound)));
        for name in ["../../etc/passwd", "", "ABC", &"g".repeat(64)] {
            assert!(matches!(blobs.get(name).await, Err(StoreError::Blob(_))), "{name}");
        }
    }
}

async fn read(blobs: &Blobs, hash: &str) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    blobs.reader(hash).await.unwrap().read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[tokio::test]
async fn a_blob_that_was_changed_on_disk_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&BlobConfiguration::Folder(folder.path().to_owned())).unwrap();
    let hash = blobs.put(Bytes::from_static(b"gold")).await.unwrap();
    let file = folder.path().join(&hash[..2]).join(&hash);
    std::fs::write(&file, b"lead").unwrap();
    assert!(matches!(blobs.get(&hash).await, Err(StoreError::Corrupt { .. })));
    assert!(matches!(blobs.check(&hash).await, Err(StoreError::Corrupt { .. })));
    assert_eq!(read(&blobs, &hash).await.unwrap_err().kind(), std::io::ErrorKind::InvalidData);
    // A crash has left half a file: bringing the bytes again makes it whole.
    std::fs::write(&file, b"go").unwrap();
    let again = blobs.put_all(vec![Bytes::from_static(b"gold"), Bytes::from_static(b"more")]).await.unwrap();
    assert_eq!(again[0], hash);
    assert_eq!(&blobs.get(&hash).await.unwrap()[..], b"gold");
    assert_eq!(&blobs.get(&again[1]).await.unwrap()[..], b"more");
    assert_eq!(blobs.list().await.unwrap().len(), 2);
}
