//! The README: its commands answer what it says, and its tables are complete.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use civicspace::http::auth::Role;

use crate::harness::{Server, operations};

/// The address that the README's commands ask.
const ADDRESS: &str = "http://127.0.0.1:8080";

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

fn readme() -> String {
    std::fs::read_to_string(path()).expect("README.md")
}

/// A fenced block: its language, its text, and where the text stands in the README.
struct Block {
    language: String,
    text: String,
    start: usize,
}

fn blocks(readme: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let mut start = 0;
    for line in readme.split_inclusive('\n') {
        start += line.len();
        match (open.take(), line.trim_end().strip_prefix("```")) {
            (Some(block), Some(_)) => blocks.push(block),
            (None, Some(language)) => {
                open = Some(Block { language: language.to_owned(), text: String::new(), start });
            }
            (Some(mut block), None) => {
                block.text.push_str(line);
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block of README.md is not closed");
    blocks
}

/// The rows of the first table below a heading, each the cells without marks of code; a dash is nothing.
fn table(readme: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, section) = readme.split_once(&format!("\n## {heading}\n")).expect("a section");
    let lines = section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cell = |text: &str| text.trim().trim_matches('`').replace('–', "");
    lines.skip(2).map(|line| line.trim_matches('|').split('|').map(cell).collect()).collect()
}

/// Runs commands as a reader would, beside the tests, with a reader's key in `KEY`, an editor's in `EDITOR_KEY` and an
/// admin's in `ADMIN_KEY`, and answers what they print.
fn run(script: &str, server: &Server, directory: &Path) -> String {
    let output = Command::new("sh")
        .arg("-c")
        .arg(script.replace(ADDRESS, &server.url("")))
        .env("KEY", server.key(Role::Reader))
        .env("EDITOR_KEY", server.key(Role::Editor))
        .env("ADMIN_KEY", server.key(Role::Admin))
        .env("NO_PROXY", "127.0.0.1")
        .current_dir(directory)
        .output()
        .expect("sh");
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && problem.is_empty(), "README.md's command fails: {problem}\n{script}");
    String::from_utf8(output.stdout).expect("text")
}

fn require(tool: &str) {
    let found = Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(found, "README.md's commands need curl, jq and Python, and {tool} is missing: install it");
}

#[test]
fn its_commands_answer_what_it_says() {
    require("curl");
    require("jq");
    require("python3");
    let server = Server::seeded();
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("readme_{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    std::os::unix::fs::symlink(path().with_file_name("tests"), directory.join("tests")).expect("a link");
    let readme = readme();
    let blocks = blocks(&readme);
    let (mut faults, mut corrections) = (Vec::new(), Vec::new());
    for (i, command) in blocks.iter().enumerate() {
        if command.language != "sh" || !["curl ", "python3 "].iter().any(|tool| command.text.contains(tool)) {
            continue;
        }
        let answer = blocks.get(i + 1).filter(|block| ["json", "text"].contains(&block.language.as_str()));
        let answer = answer.unwrap_or_else(|| panic!("README.md shows no answer to:\n{}", command.text));
        if command.text.contains("/v1/snapshots") {
            // Those from before may have been withdrawn by what other commands write.
            server.snapshot();
        }
        let actual = run(&command.text, &server, &directory);
        assert!(!actual.is_empty(), "README.md's command answers nothing:\n{}", command.text);
        if actual != answer.text {
            faults.push(format!("{}answers\n{actual}and README.md says\n{}", command.text, answer.text));
            corrections.push((answer.start..answer.start + answer.text.len(), actual));
        }
    }
    std::fs::remove_dir_all(&directory).expect("the directory");
    if std::env::var_os("UPDATE").is_some() {
        let mut updated = readme.clone();
        // From the last one to the first, so that what is written leaves the places of the others as they are.
        for (place, actual) in corrections.iter().rev() {
            updated.replace_range(place.clone(), actual);
        }
        std::fs::write(path(), updated).expect("README.md");
        return;
    }
    assert!(faults.is_empty(), "{}\nrun UPDATE=1 cargo test --test api readme", faults.join("\n"));
}

#[test]
fn it_lists_every_setting_with_its_variable_and_default() {
    let output = Command::new(env!("CARGO_BIN_EXE_civicspace")).args(["serve", "--help"]).env_clear().output();
    let help = String::from_utf8(output.expect("the program runs").stdout).expect("text");
    let words: Vec<&str> = help.split_whitespace().collect();
    let flags = words.iter().filter(|word| word.starts_with("--"));
    let rests = words.split(|word| word.starts_with("--")).skip(1);
    // `[env: NAME=value]` and `[default: value]`.
    let bracketed = |words: &[&str], label: &str| {
        let place = words.iter().position(|word| *word == label);
        let value = place.and_then(|place| words.get(place + 1)).copied().unwrap_or_default();
        value.trim_end_matches(']').trim_end_matches('=').trim_matches('"').to_owned()
    };
    let offered: BTreeSet<[String; 3]> = flags
        .zip(rests)
        .filter(|(flag, _)| **flag != "--help")
        .map(|(flag, rest)| [(*flag).to_owned(), bracketed(rest, "[env:"), bracketed(rest, "[default:")])
        .collect();
    let listed: BTreeSet<[String; 3]> = table(&readme(), "Configuration")
        .into_iter()
        .map(|row| [row[0].clone(), row[1].clone(), row[2].clone()])
        .collect();
    assert!(offered.len() > 10, "{help}");
    assert_eq!(listed, offered);
}

#[test]
fn it_lists_every_path_of_the_document() {
    let listed: BTreeSet<String> = table(&readme(), "Endpoints").into_iter().map(|row| row[0].clone()).collect();
    let documented: BTreeSet<String> =
        operations().into_iter().map(|(method, path, _)| format!("{} {path}", method.to_uppercase())).collect();
    assert_eq!(listed, documented);
}
