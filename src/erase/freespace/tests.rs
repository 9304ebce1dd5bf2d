use super::*;

#[test]
fn a_filling_left_behind_is_removed_and_nothing_else_is() {
    let dir = tempfile::tempdir().unwrap();
    let (work, precious) = (dir.path().join("work"), dir.path().join("precious"));
    std::fs::create_dir_all(work.join("slots-000")).unwrap();
    std::fs::create_dir(&precious).unwrap();
    std::fs::write(precious.join("list.csv"), "names").unwrap();
    std::fs::write(work.join("data-00000"), "noise").unwrap();
    std::fs::write(work.join("slots-000/1"), "").unwrap();
    let links = u64::from(cfg!(unix));
    // On Windows only an administrator may make one.
    #[cfg(unix)]
    std::os::unix::fs::symlink(&precious, work.join("slots-000/link")).unwrap();
    assert_eq!(remove(&work).unwrap(), 2 + links);
    assert!(!work.exists() && precious.join("list.csv").exists());
}

#[test]
fn a_folder_that_is_no_filling_is_not_emptied_to_its_depth() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("work/a/b");
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(deep.join("list.csv"), "names").unwrap();
    assert!(remove(&dir.path().join("work")).is_err());
    assert!(deep.join("list.csv").exists());
}
