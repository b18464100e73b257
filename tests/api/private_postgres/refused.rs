//! What is not started, and what is said of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use civicspace::db::private::{PrivateServer, StartError};

use super::data_dir::{DataDir, processes};
use super::users::{options, start};

#[test]
fn data_of_another_major_version_are_refused_and_kept() {
    let data = DataDir::new();
    start(data.path()).stop().unwrap();
    let version = data.home().join("cluster/PG_VERSION");
    fs::write(&version, "9\n").unwrap();
    let error = PrivateServer::start(data.path(), &options()).unwrap_err();
    assert!(matches!(&error, StartError::OtherMajorVersion { written_by: 9, .. }), "{error}");
    assert!(error.to_string().contains("install version 9"), "{error}");
    assert_eq!(fs::read_to_string(version).unwrap(), "9\n");
}

#[test]
fn a_directory_open_to_others_is_refused() {
    let data = DataDir::new();
    start(data.path()).stop().unwrap();
    fs::set_permissions(data.home(), fs::Permissions::from_mode(0o755)).unwrap();
    let error = PrivateServer::start(data.path(), &options()).unwrap_err();
    assert!(error.to_string().contains("chmod 700"), "{error}");
}

#[test]
fn a_failed_start_quotes_the_log() {
    let data = DataDir::new();
    start(data.path()).stop().unwrap();
    let configuration = data.home().join("cluster/postgresql.conf");
    fs::write(configuration, "no_such_setting = on\n").unwrap();
    let error = PrivateServer::start(data.path(), &options()).unwrap_err();
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    assert_eq!(processes(&data.home()), []);
}
