//! Frames that the server decodes for browsers: the picture of frame N is the N-th that is shown, in every container, with
//! B-frames, edits and varying rates. The frames of the test videos carry their numbers (`scripts/fixtures/videos.py`).

use crate::program::{Place, Server};
use labelwright_testkit::http::{Client, Request, Response};
use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

fn data(name: &str) -> Vec<u8> {
    fs::read(format!("{}/../media/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Is FFmpeg there? Where everything that tests need was installed it must be.
fn is_there() -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).any(|folder| folder.join("ffmpeg").is_file());
    assert!(found || std::env::var_os("CI").is_none(), "ffmpeg is missing: scripts/setup.sh test installs it");
    found
}

/// A server with videos, and somebody who may see them.
struct Cinema {
    _server: Server,
    client: Client,
    token: String,
    /// The item of each video by its name.
    items: Vec<(String, i64)>,
}

impl Cinema {
    async fn open(place: &Place, videos: &[(&str, Vec<u8>)], more: &[&str]) -> Self {
        let (server, said) = place.serve("serve", more);
        let address = said.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        let folder = place.path("videos");
        fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in videos {
            fs::write(folder.join(name), bytes).unwrap();
        }
        place.good(&["import", folder.to_str().unwrap(), "--dataset", "videos"]);
        let token = place.good(&["token", "create", "owner@localhost.local", "--name", "test"]).trim().to_owned();
        let mut cinema =
            Self { _server: server, client: Client::new(&address, Duration::from_secs(60)), token, items: vec![] };
        let listed = cinema.get("/api/v1/datasets/1/items?limit=100").await.json();
        let items = listed["items"].as_array().unwrap_or_else(|| panic!("{listed}"));
        cinema.items =
            items.iter().map(|item| (item["key"].as_str().unwrap().to_owned(), item["id"].as_i64().unwrap())).collect();
        assert_eq!(cinema.items.len(), videos.len(), "{listed}");
        cinema
    }

    async fn get(&mut self, path: &str) -> Response {
        self.client.send(&Request::new("GET", path).bearer(&self.token)).await.unwrap()
    }

    async fn frame(&mut self, video: &str, frame: u32) -> Response {
        let item = self.items.iter().find(|(name, _)| name == video).unwrap().1;
        self.get(&format!("/api/v1/items/{item}/frames/{frame}")).await
    }

    /// The number that the picture of a frame carries.
    async fn code(&mut self, video: &str, frame: u32) -> u32 {
        let response = self.frame(video, frame).await;
        assert_eq!(response.status, 200, "{video} {frame}: {}", response.json());
        let picture = image::load_from_memory_with_format(&response.body, image::ImageFormat::Jpeg).unwrap().to_luma8();
        let turned = video == "turned.mp4";
        assert_eq!(picture.dimensions(), if turned { (108, 192) } else { (192, 108) }, "{video}");
        (0..12).fold(0, |code, bit| {
            let along = bit * 16 + 8;
            // Turned by a quarter against the clock, the squares go up along the left side.
            let shade = if turned { picture.get_pixel(8, 191 - along) } else { picture.get_pixel(along, 8) };
            code * 2 + u32::from(shade.0[0] > 127)
        })
    }
}

/// Its name, its frames, and the number that the first one carries.
const VIDEOS: [(&str, u32, u32); 10] = [
    ("b-frames.mp4", 90, 0),
    ("cut.mp4", 54, 36),
    ("fragments.mp4", 60, 0),
    ("frames.mov", 30, 0),
    ("mpeg4.mkv", 40, 0),
    ("mpeg4.mp4", 60, 0),
    ("turned.mp4", 10, 0),
    ("variable.mp4", 60, 0),
    ("vp8.webm", 60, 0),
    ("vp9.webm", 90, 0),
];

#[tokio::test]
async fn the_picture_of_every_frame_carries_its_number() {
    if !is_there() {
        return;
    }
    let place = Place::new(None);
    let videos: Vec<(&str, Vec<u8>)> = VIDEOS.iter().map(|(name, ..)| (*name, data(name))).collect();
    let mut cinema = Cinema::open(&place, &videos, &[]).await;
    for (name, frames, first) in VIDEOS {
        // From the last stretch to the first, so that nothing was decoded on the way.
        for frame in (0..frames).rev() {
            assert_eq!(cinema.code(name, frame).await, first + frame, "{name}, frame {frame}");
        }
        assert_eq!(cinema.frame(name, frames).await.status, 404, "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_decoded_says_why() {
    if !is_there() {
        return;
    }
    let place = Place::new(None);
    let mut odd = data("b-frames.mp4");
    // The last one: it stands among the brands at the beginning too.
    let at = odd.windows(4).rposition(|word| word == b"avc1").unwrap();
    odd[at..at + 4].copy_from_slice(b"xyz1");
    // The index is whole, and the pictures are noise.
    let mut noise = data("b-frames.mp4");
    let at = noise.windows(4).position(|word| word == b"mdat").unwrap() + 4;
    for (number, byte) in noise[at..].iter_mut().enumerate() {
        *byte = (number * 7919 % 251) as u8;
    }
    let mut cinema = Cinema::open(&place, &[("odd.mp4", odd), ("noise.mp4", noise)], &[]).await;
    for name in ["odd.mp4", "noise.mp4"] {
        let refused = cinema.frame(name, 3).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("undecodable")), "{}", refused.json());
    }
    assert_eq!(cinema.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn without_a_decoder_it_says_how_to_get_one() {
    let place = Place::new(None);
    let mut cinema = Cinema::open(&place, &[("mpeg4.mp4", data("mpeg4.mp4"))], &["--ffmpeg", "none"]).await;
    let refused = cinema.frame("mpeg4.mp4", 0).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("no_ffmpeg")));
    assert!(refused.json()["detail"].as_str().unwrap().contains("apt install ffmpeg"), "{}", refused.json());
}

/// A program that gives a picture at the times that it is told, whatever it is asked for.
fn liar(place: &Place, times: &[i64]) -> String {
    let lines: String = times
        .iter()
        .map(|time| {
            format!(
                "echo '[Parsed_showinfo_0 @ 0x1] n: 0 pts: {time} pts_time:0' >&2\n\
                 printf -- '--ffmpeg\\r\\nContent-length: 1\\r\\n\\r\\nx\\r\\n'\n"
            )
        })
        .collect();
    let clock = "echo '[Parsed_showinfo_0 @ 0x1] config in time_base: 1/30000, frame_rate: 1/1' >&2\n";
    let path = place.write("ffmpeg", &format!("#!/bin/sh\n{clock}{lines}"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_picture_with_another_time_is_not_given_as_the_frame() {
    for (times, good, bad, why) in [
        // The second frame is missing: the third is not taken for it.
        (vec![0, 2002], Some(2), 1, "no picture for frame 2"),
        // It begins with another frame than the index.
        (vec![1001, 2002], None, 0, "begins the video with another frame"),
    ] {
        let place = Place::new(None);
        let program = liar(&place, &times);
        let mut cinema = Cinema::open(&place, &[("mpeg4.mp4", data("mpeg4.mp4"))], &["--ffmpeg", &program]).await;
        if let Some(good) = good {
            assert_eq!(cinema.frame("mpeg4.mp4", good).await.body, b"x");
        }
        let refused = cinema.frame("mpeg4.mp4", bad).await.json();
        assert_eq!(refused["code"], "undecodable", "{refused}");
        assert!(refused["detail"].as_str().unwrap().contains(why), "{refused}");
    }
}
