//! Literal texts of systems seen in the field.

use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

const MOUNTINFO: &str = "\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
25 27 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684084k
40 27 8:17 / /media/taro/USB\\040\\346\\211\\213\\346\\270\\241\\343\\201\\227 rw,nosuid shared:7 master:2 - vfat /dev/sdb1 rw,fmask=0022
41 27 0:39 / /data rw - btrfs /dev/mapper/data rw,subvol=/
42 27 7:0 / /mnt/x rw - fuseblk /dev/loop0 rw,user_id=0
43 27 0:40 / /mnt/fat rw - fuse.fusefat fusefat rw,user_id=0
44 27 0:41 / /home rw - nfs4 server:/home rw,vers=4.2
45 27 0:42 / /mnt/x rw - tmpfs /dev/sdb1 rw
46 27 0:43 / /var rw - overlay overlay rw,lowerdir=/l,upperdir=/srv/up,workdir=/srv/w
47 27 0:44 / /odd\\ rw - ext4
broken line
48 27 253:0 / /swapdisk rw - ext4 /dev/zram0 rw
49 27 0:45 / /mnt/ssh rw - fuse.sshfs taro@server: rw
50 27 0:46 / /tank rw - zfs tank/data rw
";

fn mounts() -> Vec<Mount> {
    parse(MOUNTINFO.as_bytes())
}

fn at(path: &str) -> Place {
    let sys = fake_sysfs();
    let sysfs = Sysfs { root: sys.path().to_owned() };
    let mounts = mounts();
    let mount = by_path(&mounts, Path::new(path)).unwrap();
    let source = (mount.source == "/dev/mapper/data").then_some((252, 0));
    place(mount, &sysfs, source, 0)
}

/// A disk `vda`; a USB stick `sdb` that calls itself fixed, with a partition; an encrypted volume on it; a memory card, an
/// eMMC, a disc drive and a compressed disk in memory.
fn fake_sysfs() -> TempDir {
    let sys = tempfile::tempdir().unwrap();
    let add = |number: &str, path: &str| {
        let folder = sys.path().join("devices").join(path);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::create_dir_all(sys.path().join("dev/block")).unwrap();
        symlink(&folder, sys.path().join("dev/block").join(number)).unwrap();
        std::fs::write(folder.join("removable"), "0\n").unwrap();
        folder
    };
    add("254:0", "pci0/virtio1/block/vda");
    let stick = "pci0/usb2/2-1/host3/block/sdb";
    add("8:16", stick);
    let partition = add("8:17", &format!("{stick}/sdb1"));
    std::fs::write(partition.join("partition"), "1\n").unwrap();
    let volume = add("252:0", "virtual/block/dm-0");
    std::fs::create_dir(volume.join("slaves")).unwrap();
    symlink(&partition, volume.join("slaves/sdb1")).unwrap();
    for (number, name, kind) in [("179:0", "mmcblk0", "MMC"), ("179:8", "mmcblk1", "SD")] {
        let card = add(number, &format!("mmc_host/mmc0/block/{name}"));
        std::fs::create_dir(card.join("device")).unwrap();
        std::fs::write(card.join("device/type"), format!("{kind}\n")).unwrap();
    }
    add("11:0", "ata2/block/sr0");
    let floppy = add("2:0", "platform/block/fd0");
    std::fs::write(floppy.join("removable"), "1\n").unwrap();
    add("253:0", "virtual/block/zram0");
    sys
}

#[test]
fn names_with_blanks_and_japanese_are_unescaped() {
    let stick = at("/media/taro/USB 手渡し/TW-20261121-7K3M");
    assert_eq!(stick.fs_type, "vfat");
    assert_eq!(stick.mount_point, Path::new("/media/taro/USB 手渡し"));
    assert_eq!(stick.source, "/dev/sdb1");
}

#[test]
fn a_broken_line_hides_no_other() {
    let numbers: Vec<u64> = mounts().iter().map(|mount| mount.number).collect();
    assert_eq!(numbers, [22, 27, 25, 40, 41, 42, 43, 44, 45, 46, 48, 49, 50]);
}

#[test]
fn the_topmost_of_two_mounts_on_one_point_wins() {
    assert_eq!(at("/mnt/x/a").fs_type, "tmpfs");
    assert_eq!(at("/mnt/xyz").fs_type, "ext4");
}

#[test]
fn media_are_told_from_memory_network_and_the_unknown() {
    let medium = |path| at(path).medium;
    assert_eq!(medium("/etc"), Medium::Disk);
    assert_eq!(medium("/data/a"), Medium::Disk);
    assert_eq!(medium("/tank"), Medium::Disk);
    assert_eq!(medium("/dev/shm/a"), Medium::None(NoMedium::Memory));
    assert_eq!(medium("/swapdisk/a"), Medium::None(NoMedium::Memory));
    assert_eq!(medium("/mnt/x/a"), Medium::None(NoMedium::Memory));
    assert_eq!(medium("/home/taro"), Medium::None(NoMedium::Network));
    assert_eq!(medium("/mnt/ssh"), Medium::None(NoMedium::Network));
    assert_eq!(medium("/mnt/fat"), Medium::None(NoMedium::Unknown));
    assert_eq!(medium("/proc"), Medium::None(NoMedium::Unknown));
}

#[test]
fn partitions_and_encrypted_volumes_are_the_disk_they_lie_on() {
    let (stick, volume, root) = (at("/media/taro/USB 手渡し"), at("/data"), at("/"));
    assert_eq!(stick.whole_device.as_deref(), Some("sdb"));
    assert_eq!(volume.whole_device.as_deref(), Some("sdb"));
    assert!(stick.same_medium(&volume));
    assert!(!stick.same_medium(&root));
    assert!(at("/home/a").same_medium(&at("/home/b")), "one share is one medium");
}

#[test]
fn what_can_be_taken_away_is_recognised() {
    let sys = fake_sysfs();
    let sysfs = Sysfs { root: sys.path().to_owned() };
    let removable = |device| sysfs.disk(device).unwrap().removable;
    assert!(removable((8, 16)), "USB");
    assert!(removable((8, 17)), "a partition of a USB stick");
    assert!(removable((179, 8)), "a memory card");
    assert!(removable((11, 0)), "a disc");
    assert!(removable((2, 0)), "says so itself");
    assert!(!removable((179, 0)), "soldered eMMC");
    assert!(!removable((254, 0)), "a fixed disk");
    assert_eq!(sysfs.disk((99, 99)), None);
}

#[test]
fn handover_media_are_recognised_by_device_or_by_file_system() {
    assert!(at("/media/taro/USB 手渡し").is_handover_medium());
    assert!(at("/mnt/fat").is_handover_medium());
    assert!(at("/data").is_handover_medium(), "btrfs on a stick");
    assert!(!at("/").is_handover_medium());
    assert!(!at("/home").is_handover_medium());
    let efi = Place { mount_point: "/boot/efi".into(), ..at("/media/taro/USB 手渡し") };
    assert!(!efi.is_handover_medium());
}

#[test]
fn fat_has_a_largest_file() {
    assert_eq!(at("/media/taro/USB 手渡し").largest_file, Some((4 << 30) - 1));
    assert_eq!(at("/mnt/fat").largest_file, Some((4 << 30) - 1));
    assert_eq!(at("/").largest_file, None);
}

#[test]
fn an_overlay_names_the_folder_that_takes_its_writes() {
    let mounts = mounts();
    let overlay = by_path(&mounts, Path::new("/var/x")).unwrap();
    assert_eq!(overlay.upper_folder(), Some("/srv/up".into()));
    assert_eq!(by_path(&mounts, Path::new("/")).unwrap().upper_folder(), None);
}

#[test]
fn caches_below_the_page_cache_are_known() {
    assert_eq!(cache_of("ext4"), Cache::OfTheFile);
    assert_eq!(cache_of("fuseblk"), Cache::OfTheDevice);
    assert_eq!(cache_of("fuse.exfat"), Cache::OfTheDevice);
    assert_eq!(cache_of("zfs"), Cache::OutOfReach);
}

#[test]
fn without_a_list_of_mounts_shares_and_sticks_are_still_told() {
    let kind = |magic| unlisted(magic, 5).medium;
    for share in [0x6969, 0xfe53_4d42, 0xff53_4d42, 0x0102_1997] {
        assert_eq!(kind(share), Medium::None(NoMedium::Network), "{share:x}");
    }
    assert_eq!(kind(0x0102_1994), Medium::None(NoMedium::Memory));
    // ext4 is on a disk as a rule; on which, nothing says.
    let ext4 = unlisted(0xef53, 5);
    assert_eq!((ext4.medium, ext4.free_bytes), (Medium::None(NoMedium::Unknown), 5));
    assert!(!ext4.is_handover_medium());
    let stick = unlisted(0x4d44, 5);
    assert_eq!(stick.largest_file, Some(FAT_LARGEST));
    // Attack: a slip beside the bundle, where nobody can tell one stick from another.
    assert!(stick.is_handover_medium() && stick.same_medium(&unlisted(0x4d44, 5)));
}
