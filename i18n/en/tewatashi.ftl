# Words on the screen (English). Same ids as i18n/ja; a test compares them.

## Usage
about = Hand over personal information on media, safely (手渡し)
about-pack = Seal files into an encrypted bundle on a medium
about-verify = Check that a bundle is intact, even without its passphrase
about-list = Show names, sizes and dates inside a bundle
about-open = Open a bundle; every file is compared before it gets its name
about-leftovers = Find and erase what interrupted work left behind
heading-usage = Usage
heading-commands = Commands
heading-options = Options
heading-common = Common options
heading-arguments = Arguments
exit-codes =
    Exit codes:
      0 done, 1 failed, 2 usage, 3 done in part, 4 refused by a safety rule,
      10 wrong passphrase or key, 11 damaged or tampered with, 12 ledger does not verify, 130 interrupted
arg-help = Show help
arg-version = Show the version
arg-lang = Language (ja or en; default from the locale, else Japanese)
arg-json = Result as JSON on standard output (words for people go to standard error)
arg-yes = Answer yes to confirmations
arg-quiet = Say less on the way
arg-src = Files or folders to put into the bundle
arg-pack-to = Where the bundle goes (a folder on the medium; it must exist)
arg-slip = Where the password slip goes (screen shows it on the terminal)
arg-title = Title (kept only inside the encryption)
arg-items = Kinds of information, e.g. name,address (kept only inside the encryption)
arg-subjects = Number of persons (kept only inside the encryption)
arg-medium-id = Number of the medium (kept only inside the encryption)
arg-recipient = Lock for the owner of this public key (age1…) instead of a passphrase
arg-exclude = Leave out what matches (e.g. '*.tmp')
arg-skip = Skip what cannot be packed (links, special files, unreadable ones)
arg-split = Volume size (e.g. 100M, fat32, cd, dvd, bd)
arg-own = Use a passphrase of your own (15+ characters: upper, lower, digit, symbol)
arg-passphrase-file = File that holds the passphrase (- for standard input)
arg-identity = Key file (an age identity)
arg-no-read-back = Do not read the medium back after writing (for benchmarks only)
arg-bundle = A bundle's folder (TW-…) or an age file
arg-open-to = Folder to open into
arg-signer = Signer's key to trust (SHA256:… as printed on the slip, or a public key file)
arg-leftovers-dir = Folders to look in as well
arg-leftovers-forget = Stop warning about what is on media that are gone for good (needs --yes)
arg-leftovers-erase = Erase what is found

## Labels
label-error = error
label-hint = hint
label-warning = warning
label-checked = checked
label-not-checked = unchecked
list-separator = {", "}
items-separator = {", "}
count-rows = { $count ->
    [one] 1 row
   *[other] { $shown } rows
    }
count-entries = { $count ->
    [one] 1 entry
   *[other] { $shown } entries
    }
count-files = { $count ->
    [one] 1 file
   *[other] { $shown } files
    }
count-folders = { $count ->
    [one] 1 folder
   *[other] { $shown } folders
    }
count-bytes = { $count ->
    [one] 1 byte
   *[other] { $shown } bytes
    }
count-pieces = { $count ->
    [one] 1 piece
   *[other] { $shown } pieces
    }
more-lines = and { $count } more

## On the way
stage-scan = looking through the sources
stage-key = computing the key
stage-seal = encrypting and writing
stage-read-back = reading the medium back
stage-check = checking the bundle
stage-open = decrypting and comparing
progress-left = left

## Questions
ask-passphrase = Passphrase (not shown; with or without hyphens):{" "}
ask-own = Your passphrase (not shown):{" "}
ask-own-again = Once more:{" "}
ask-erase-now = Overwrite and erase it now?
ask-nothing-typed = Type something.
ask-unseen = There is an invisible character in it. Type it again.
ask-not-utf8 = This cannot be read as text. Type it again.
ask-not-a-date = This is no date. For example: 2026-04-01
ask-not-a-number = Type a number from 1 to { $most }.
ask-number = Number
ask-numbers = Numbers (several as 1,3; none: Enter)
tries-left = Tries left: { $count }

## pack
key-made = made a signing key: { $path } ({ $fingerprint })
pack-begins = packing { $files } ({ $size })
pack-done = bundle made: { $path }
pack-contents = {"  "}contents: { $files }, { $folders }, { $size }
pack-volumes = {"  "}split into { $count } volumes
pack-read-back = {"  "}read back: { $bytes } read from the medium, equal to what was written
pack-signer = {"  "}signer's key: { $fingerprint }
pack-slip = Slip { $number }: { $path }. When it is printed, erase the file with: tewatashi slip erase { $number }
warn-key-readable = other users may read the signing key { $path }; with a copy they can sign in the name of this desk. Run: chmod 600 { $path }
warn-skipped = skipped { $path }
warn-read-back = the medium was not shown to hold what was written ({ $reason })
readback-not-asked = left out as asked
readback-memory = the place is in memory, there is no medium
readback-network = the place is on a network, its medium cannot be read directly
readback-unknown = the medium of this place cannot be established
readback-pages = the cache could not be kept out of it
readback-unsupported = the place cannot be read without its cache

## Password slip
slip-title = Password slip (パスワード通知書)
slip-caution = HANDLE WITH CARE: never keep or carry it together with the medium. Do not copy.
slip-bundle = Bundle
slip-medium = Medium
slip-created = Made at
slip-signer = Signer's key
slip-passphrase = Passphrase (the next line, hyphens included)
slip-reading = Reading (オオモジ = upper case, スウジ = digit, otherwise lower case)
slip-length = Length: { $length } characters (upper case, lower case, digits, symbols)
slip-typing = Typing: any case, full or half width, with or without hyphens (with tewatashi)
slip-received = Received by: ____________________  at: ____________________
slip-returned = Returned on: ______________  by: ______________  checked by: ______________
slip-press-enter = Copy it by hand, then press Enter; the screen is cleared.

## verify, list, open
check-volumes-present = every volume is there
check-volume-sizes = sizes of the volumes
check-volume-sha256 = SHA-256 of the volumes
check-age-header = form of the age header
check-header-sha256 = digest of the header
check-signature = signature on bundle.json
check-signer-known = the signer's key is a known one
check-checksums = checksums.sha256
check-secret = the passphrase or key fits
check-payload = authentication of the whole ciphertext
check-manifest = every file inside against the manifest
check-signer-inside = the signer recorded inside
signer-known = signer: known { $fingerprint }
signer-unknown = signer: unconfirmed { $fingerprint } (compare it with the slip or the hand-over record)
signer-bad = signer: unknown (the signature does not hold; it may have been tampered with)
signer-none = signer: none
verify-inside = {"  "}inside: { $files }, { $size }, all equal to the manifest
verify-foreign = {"  "}inside: 1 file, { $size } (no manifest)
verify-ok-inside = result: intact, inside and outside
verify-ok-outside = result: the outside is intact (the inside was not checked; that needs the passphrase or key)
verify-ok-bare-bag = result: the inside equals its manifest (there is no signature and nothing outside, so who made it was not checked)
verify-ok-foreign = result: it decrypts and authenticates (no manifest; files cannot be compared one by one)
verify-ok-bare = result: only the form of the age header was checked (nothing else; that needs the passphrase or key)
warn-stranger = a file that is no part of the bundle: { $name } (not covered by any check; do not open or run it)
warn-no-manifest = no manifest: this is no tewatashi bundle, so files cannot be compared one by one
list-title = title: { $title }
list-items = kinds of information: { $items }
list-subjects = number of persons: { $count }
list-medium = number of the medium: { $number }
list-total = { $files }, { $folders }, { $size } in all (all equal to the manifest)
list-foreign = 1 file, { $size } (no manifest)
open-done = opened: { $path }
open-verified = {"  "}{ $files } ({ $size }), all equal to the manifest
open-code = {"  "}opening code: { $code } (telling it to the sender shows that someone decrypted it)

## Leftovers
left-plaintext = interrupted work left plaintext (personal information, not encrypted): { $path }
left-sealed = interrupted work left ciphertext: { $path }
left-plaintext-other = a work folder (plaintext); another user may be at work there: { $path }
left-sealed-other = a work folder (ciphertext); another user may be at work there: { $path }
left-unreachable = interrupted work left plaintext (personal information, not encrypted) on a medium that is not here: { $path }
left-forgotten = this medium will not be warned about again
err-needs-yes-forget = no warning is dropped without confirmation
hint-needs-yes-forget = add --yes if the medium was destroyed
left-how-forget = put the medium back and erase it; if the medium was destroyed: tewatashi leftovers --forget --yes
left-how = to erase it: tewatashi leftovers --erase --yes
left-none = nothing was left behind
scrapped = overwrote and removed what was half written: { $files } ({ $bytes })
scrapped-left = { $count ->
    [one] 1 piece
   *[other] { $count } pieces
    } of half-written plaintext could not be erased:
hint-scrapped-left = remove the cause, then run tewatashi leftovers --erase --yes

## Failures
err-no-home = the user's data folder is unknown
hint-no-home = set TEWATASHI_HOME to a folder that can be written
err-interrupted = interrupted
hint-interrupted = run the same command again to start over; if anything was left, the next run says so
err-no-secret = neither passphrase nor key was given
hint-no-secret = give --passphrase-file FILE or --identity FILE (- for standard input)
err-not-text = { $path } cannot be read as a passphrase file (no short UTF-8 text)
hint-not-text = give a UTF-8 text file that holds the passphrase alone
err-bad-identity = { $path } is not an age key file
hint-bad-identity = give a key file with an AGE-SECRET-KEY-… line
err-needs-yes = nothing is erased without confirmation
hint-needs-yes = add --yes if it may be erased
err-nothing-to-pack = there is nothing to pack
hint-nothing-to-pack = check the source folder and --exclude
err-source-changed = { $path } changed while it was read
hint-source-changed = close the program that uses the file and run again; no bundle was made
err-target-inside-source = the target { $target } lies inside the source { $source }
hint-target-inside-source = give a --to outside the source
err-no-space = not enough room in { $path } ({ $needed } needed, { $free } free)
hint-no-space = make room or use another medium
err-too-many-volumes = that makes { $volumes } volumes (999 at most)
hint-too-many-volumes = give a larger --split
err-too-many-entries = that is too much for one bundle ({ $files }, { $folders })
hint-too-many-entries = the limits: files and folders together 5,000,000; folders alone 16 times the files plus 10,000; all names together 1 GiB. Make several bundles, or put them into one archive first (ZIP or the like)
err-replaced = the work folder { $path } was exchanged for something else meanwhile
hint-replaced = run again with a --to where no other user may rename anything. The work folder with the plaintext may still be there under another name; find and erase it
err-exists = { $path } is already there
hint-exists = nothing is overwritten; give another place, or look at what is there
err-read-back-mismatch = { $path } came back from the medium different from what was written
hint-read-back-mismatch = the medium seems faulty; use another one. No bundle was made
err-lost-by-rename = { $path } was lost when its folder was renamed
hint-lost-by-rename = the driver of this medium's file system is at fault; remove the folder that is left, do not use it, and take another medium or another format (such as exFAT)
err-wrong-passphrase = wrong passphrase
hint-wrong-passphrase = compare the number on the slip with the bundle's and type again; the header is not damaged
hint-wrong-passphrase-bare = either the passphrase is wrong or the header is damaged (this form cannot tell); check the slip, then fetch the medium again
err-wrong-identity = this key does not open it
hint-wrong-identity = give the key file that belongs to the public key (age1…) the sender was told
err-needs-identity = a key opens this bundle, not a passphrase
hint-needs-identity = give the key file with --identity
err-needs-passphrase = a passphrase opens this bundle, not a key
hint-needs-passphrase = give --passphrase-file, or type it on a terminal
err-sealing = the encryption failed
hint-sealing = run again; if it persists, random numbers or memory of this PC may be at fault
err-not-a-bundle = { $path } is not a bundle
hint-not-a-bundle = give a folder whose name starts with TW-, or an age file
err-not-found = { $path } is not there
hint-not-found = check the name, and that the medium is inserted
err-denied = no permission for { $path }
hint-denied = run as a user who has it, or ask the administrator
err-full = cannot write { $path } (no room left)
err-read-only = { $path } is read-only
hint-read-only = give a place that can be written, or check the medium's write protection
err-name-too-long = the name of { $path } is too long
hint-name-too-long = give a folder higher up
err-is-folder = { $path } is a folder
hint-is-folder = give a file
err-io = { $path }: reading or writing failed ({ $reason })
hint-io = insert the medium again and try another device; if it persists the medium seems faulty
err-terminal = the terminal cannot be used ({ $reason })
hint-terminal = run on a terminal, or give files instead
err-bad-key = { $path } cannot be used as a signing key
hint-bad-key = move the file away and a new key is made (others will see a new signer)
err-key-writable = other users may change the signing key { $path }
hint-key-writable = make sure by its fingerprint (SHA256:…) that nobody replaced it, then run: chmod 600 { $path }. Where rights cannot be set, let TEWATASHI_HOME name a folder on this PC's own disk
err-no-target = { $path } is not there
hint-no-target = insert the medium, prepare the folder to write to, and run again
err-not-a-folder = { $path } is not a folder
err-bad-recipient = { $text } is not an age public key
hint-bad-recipient = give the key that starts with age1, exactly as the recipient sent it
err-bad-signer = { $text } cannot be read as a signer's key
hint-bad-signer = give a value that starts with SHA256:, or a public key file such as signer.pub
err-bad-text = “{ $text }” is empty, too long, or holds control characters such as line breaks
hint-bad-text = give one line of text
err-too-many = at most { $items } items and { $recipients } recipients
hint-too-many = give fewer and run again
err-bad-glob = { $pattern } cannot be read as a pattern
hint-bad-glob = for example: --exclude '*.tmp', --exclude 'drafts/**'
err-own-no-file = no passphrase of your own was given
hint-own-no-file = give --passphrase-file, or run on a terminal
err-own-differs = the two entries differ
hint-own-differs = run again; no bundle was made
hint-own = use at least 15 characters with upper case, lower case, digits and symbols; without --own-passphrase a safe one is made for you
err-no-slip = no place was given for the password slip
hint-no-slip = give --slip FILE, somewhere else than the medium (on a terminal, --slip screen works too)
err-slip-no-terminal = the passphrase cannot be shown: this is no terminal
err-slip-inside = the slip { $path } lies inside the bundle's target { $target }
err-slip-same-medium = the slip { $path } lies on the same medium as the bundle's target { $target }
hint-slip-place = the passphrase never travels with the medium; give another place, such as this PC's own disk
hint-slip-exists = an earlier slip is not overwritten; give another name

## Sources
err-sources = { $count ->
    [one] 1 thing
   *[other] { $count } things
    } cannot be packed (nothing was written)
hint-sources = mend them and run again
src-missing = { $path } — is not there (check the name)
src-link = { $path } — a symbolic link (to skip it: --skip links)
src-special = { $path } — a device, socket or pipe (to skip it: --skip special)
src-unreadable = { $path } — cannot be read: { $reason } (to skip it: --skip unreadable)
src-not-unicode = { $path } — its name is not Unicode (rename it, or --exclude it)
src-name = { $path } — { $reason } (rename it, or --exclude it)
src-collides = { $path } — the same name as “{ $with }” where upper and lower case are not told apart (rename it, or --exclude it)
src-no-name = { $path } — it has no name (name the folder)
name-absolute = an absolute path
name-parent = it holds “..”, the folder above
name-dot = it holds the name “.”
name-empty = it holds an empty name
name-forbidden = it holds “{ $character }”, which Windows refuses
name-control = it holds a control character
name-hidden = it holds a character that turns text around or cannot be seen
name-reserved = a name reserved by Windows
name-trailing = the name ends in a dot or a space
name-too-long = the name is longer than 255 bytes
name-path-too-long = the path is too long

## Damage
hint-damaged = clean the medium and try another drive; if that fails, ask the sender for a new bundle
hint-not-ours = give a bundle's folder (TW-…) or a proper age file
hint-transit = fetch the file again unchanged: as binary, not as text
hint-forged = this bundle was not made properly; do not use it, and tell the sender and your security officer
hint-volumes = put all volumes into one folder, under their own names
hint-newer = open it with a newer tewatashi
hint-file-missing = fetch the whole folder from the medium again; to open the sealed file alone, copy bundle.age to another folder and name that
hint-signature = the medium may have been tampered with; do not open it, ask the sender
dmg-not-age = not a file in age format
dmg-line-ends = the line ends of this age file were changed on the way (it was sent as text)
dmg-utf16 = this age file was turned into text on the way (by PowerShell’s > for one)
dmg-unknown-age = an age format this version cannot read
dmg-header-cut = the file ends inside its header
dmg-header-too-long = the header is too long (over 256 KiB)
dmg-header-invalid = the header is damaged
dmg-header-mac = the header's authentication code does not hold (damaged or tampered with)
dmg-header-changed = the header is not the one recorded when the bundle was made (damaged or tampered with; not a wrong passphrase)
dmg-excessive-work = it asks for absurd work (2^{ $asked }, at most 2^{ $most })
dmg-armor = the text armor is broken
dmg-chunk = piece { $number } of the ciphertext (64 KiB each) does not authenticate (damaged, tampered with, or data added)
dmg-payload-cut = the ciphertext is cut off after { $chunks }
dmg-not-a-bag = there is no bag inside
arc-cut = the archive inside is cut off
arc-checksum = a header of the archive inside is damaged
arc-not-ustar = a header of the archive inside is not plain ustar
arc-number = a number in the archive inside is invalid
arc-pax = an extended header of the archive inside is invalid
arc-type = the archive inside has a kind of header that the format does not ({ $kind })
arc-trailing = data after the end of the archive inside
ent-name = a refused name inside: { $path } — { $reason }
ent-not-utf8 = a name inside is not UTF-8: { $path }
ent-outside = an entry outside the bundle: { $path }
ent-symlink = a symbolic link inside: { $path }
ent-hardlink = a hard link inside: { $path }
ent-device = a device or pipe inside: { $path }
ent-duplicate = the same name twice inside: { $path }
ent-collision = names inside that differ only in case or composition: { $path }
ent-no-folder = an entry whose folder is not there: { $path }
ent-mode = an entry with forbidden mode bits: { $path }
ent-unknown-tag = a file the format does not have: { $path }
ent-folder-content = a folder that has content of its own: { $path }
ent-archive = { $reason }: { $path }
bag-missing = { $name } is missing inside, or not in its place
bag-misplaced = where { $name } should be, there is something else: { $found }
bag-malformed = { $name } inside cannot be read
bag-manifest-line = line { $number } of manifest-sha256.txt inside cannot be read
bag-not-payload = the manifest lists what cannot be in the bag: { $path }
bag-too-large = { $name } inside is too large
bag-version = bagit.txt inside names another version or encoding than this bag format (BagIt 1.0, UTF-8)
bag-more = there is more inside than bag-info.txt announces ({ $announced_files }, { $announced_bytes }; with this file { $files }, { $bytes }): { $path }
bag-too-many = there are more files and folders inside than one bundle may hold: { $path }
bag-less = there is less inside than bag-info.txt announces ({ $announced_files }, { $announced_bytes }; found { $files }, { $bytes })
bag-not-in-manifest = a file the manifest does not list: { $path }
bag-missing-file = a file of the manifest is missing: { $path }
bag-mismatch = a file differs from the manifest: { $path }
bag-listed-twice = the manifest lists a file twice: { $path }
bag-tag-mismatch = { $name } inside differs from tagmanifest-sha256.txt
bag-tag-unlisted = tagmanifest-sha256.txt inside does not list { $name }
bag-tag-missing = tagmanifest-sha256.txt inside lists a file that is not there: { $path }
bag-other-signer = the signer recorded inside is not the one outside
bag-other-bundle = the number recorded inside is not the one outside
bag-other-identifier = the number in bag-info.txt inside is not the one of its folder
pub-missing = { $name } is missing
pub-malformed = { $name } cannot be read (malformed)
pub-unknown-format = a bundle format this version cannot read ({ $format })
pub-volume-missing = volume { $number } is missing
pub-volume-missing-of = volume { $number } of { $of } is missing
pub-volume-size = volume { $number } has another size ({ $found } instead of { $expected })
pub-volume-swapped = volume { $number } holds what belongs to volume { $really } (swapped)
pub-volume-changed = volume { $number } has another SHA-256 (damaged or tampered with)
pub-checksum = { $name } differs from checksums.sha256
pub-no-checksum = checksums.sha256 has no line for { $name }
pub-signature = the signature on bundle.json does not hold (it may have been tampered with)
pub-no-signature = nothing here is signed, so the signer asked for cannot be confirmed (there is no bundle.json)
pub-other-signer = the signer is not the key that was given ({ $found })

## Typing mistakes
hint-mistyped = compare with the slip group by group (five characters each) and type again
pass-empty = the passphrase is empty
pass-control = the passphrase holds control characters
pass-too-short = the passphrase has { $found ->
    [one] 1 character
   *[other] { $found } characters
    } ({ $least } at least)
pass-missing-class = the passphrase has no { $missing }
class-upper = upper-case letter
class-lower = lower-case letter
class-digit = digit
class-symbol = symbol
pass-group-length = group { $group } has { $found ->
    [one] 1 character
   *[other] { $found } characters
    } instead of 5
pass-length = { $found ->
    [one] 1 character
   *[other] { $found } characters
    } instead of { $expected } (hyphens not counted)
pass-length-group = { $found ->
    [one] 1 character
   *[other] { $found } characters
    } instead of { $expected }; look at group { $group }
pass-length-between = { $found ->
    [one] 1 character
   *[other] { $found } characters
    } instead of { $expected }; look at groups { $first } to { $last }
pass-kana = group { $group } holds Japanese letters (switch the input method off)
pass-confusable = character { $place } of group { $group } is never used because it is easily confused (no 0, 1, I, L, O)
pass-letter = character { $place } of group { $group } is never used in a passphrase
pass-first = group { $group } starts with a digit instead of a letter
pass-check = group { $group } is mistyped
pass-few = only { $found ->
    [one] 1 group
   *[other] { $found } groups
    } instead of 6
pass-many = { $found } groups instead of 6

## Usage mistakes
hint-usage = see tewatashi --help or tewatashi COMMAND --help
bad-number = give a whole number, 0 or more
bad-split = give a size of at least 64K (e.g. 100M, 4G), or fat32, cd, dvd, bd
usage-unknown-argument = unknown option: { $arg }
usage-unknown-argument-like = unknown option: { $arg } (did you mean { $like }?)
usage-unknown-command = unknown command: { $command }
usage-missing = missing: { $arg }
usage-no-command = no command given
usage-conflict = { $arg } and { $other } do not go together
usage-no-value = { $arg } needs a value
usage-bad-value = “{ $value }” is no value for { $arg } (accepted: { $accepted })
usage-bad-value-because = “{ $value }” is no value for { $arg }: { $reason }
usage-other = cannot understand the arguments: { $text }

## Case and ledger: usage
about-init = Make a case for one contract: settings, ledger, signing key
about-staff = The people who handle the data
about-staff-add = Add a person
about-staff-list = Show the people
about-staff-train = Record a training
about-staff-retire = Record that a person leaves
about-staff-transfer = Record that one person's charge passes to another, and show what passes
about-contract = The contract and its amendments
about-contract-amend = Record an amendment: a longer period, other items
about-contract-show = Show the contract as it stands
about-ledger = The tamper-evident ledger
about-ledger-list = List the entries
about-ledger-show = Show one entry whole
about-ledger-history = Show the whole life of a bundle, medium or person
about-ledger-correct = Correct an entry by a new one; the old one stays
about-ledger-export = Write the register to a file
about-ledger-verify = Recompute the ledger and look for tampering
about-ledger-checkpoint = Write the signed head to a file
about-ledger-send = Write entries for another ledger
about-ledger-receive = Take in entries of another ledger
about-ledger-archive = Seal the ledger once its retention is over
about-case = Manage cases
about-case-trust = Let a case made elsewhere be used on this computer
about-case-list = List the cases this computer trusts
about-case-backup = Copy a case into one file
about-case-restore = Bring a case back from a copy; that it was is recorded
about-case-hold = Let nothing be archived while an incident, audit or dispute lasts
about-case-release = End a hold
about-key = Signing keys
about-key-rotate = Replace the signing key; old signatures stay verifiable
about-key-show = Show the keys and their fingerprints
about-key-trust = Register the other side's key, confirmed from paper
arg-case = The case's folder (or TEWATASHI_CASE)
arg-operator = Who acts: a name or a number of the roster (or TEWATASHI_OPERATOR)
arg-key-passphrase-file = File with the passphrase of the signing key
arg-init-dir = Where to make the case (default: here)
arg-side = Whose desk this is: city, contractor or subcontractor
arg-city = The city
arg-contractor = The contractor
arg-contract-number = Contract number
arg-contract-title = Contract title
arg-from = First day of the contract
arg-to = Last day of the contract
arg-permitted-items = Items of information the contract permits
arg-person = Name, or number of the roster (P-001)
arg-date = Date (default: today)
arg-transfer-from = Who hands over
arg-transfer-to = Who takes over
arg-name = Name
arg-role = Role, in Japanese as on the forms (a wrong one lists them)
arg-section = Department
arg-party = Whose person: city, contractor or subcontractor (default: this desk's side)
arg-trained = Day of a training (repeatable)
arg-pledged = Day of the written pledge
arg-os-user = The OS user of this person
arg-contact = Extension or contact
arg-amend-number = Number of the amendment
arg-amend-date = Date of the amendment
arg-amend-to = New last day of the contract
arg-add-items = Items to add
arg-remove-items = Items to remove
arg-amend-title = What the amendment is about
arg-case-dir = The case's folder
arg-backup-file = The copy (a new file)
arg-restore-file = The copy (or a case's folder brought back by the computer's own backup)
arg-restore-to = Where to (a folder that does not exist yet)
arg-reason = The reason
arg-hold-entry = Number of the entry that began the hold
arg-key-lost = The present key is lost and cannot sign for the new one
arg-new-key-passphrase = File with a passphrase for the new key
arg-key-trust = The fingerprint printed on paper
arg-key-whose = Whose key it is
arg-entry = Number of the entry
arg-history = Bundle, medium number or name
arg-correct-set = What is right (name=value, repeatable)
arg-ledger-file = File to verify: a ledger, an archive, entries received
arg-code = The ledger's short code, from paper
arg-full = Also check every signature and the indexes
arg-checkpoint-file = The file; its signature goes to .sig beside it
arg-send-file = The file
arg-send-from = From this entry on
arg-receive-file = The file received
arg-archive-file = The file
arg-list-from = From this day
arg-list-to = To this day
arg-list-kind = Only this kind (such as pack)
arg-list-person = Only by or about this person
arg-list-bundle = Only about this bundle
arg-list-all = Also show the beginnings of work that ended
arg-xlsx = As a workbook
arg-csv = As CSV (UTF-8 with BOM)
arg-export-file = The file (--xlsx, --csv or --json)
arg-year = Only this fiscal year
bad-date = Not a date (such as 2026-04-01)
date-other-era = That day lies in another era: { $right }. If it is the one you mean, type it so.
bad-year = Not a fiscal year (such as 2026)

## Questions for a case
ask-side = Whose desk is this?
ask-city = Name of the city
ask-contractor = Name of the contractor
ask-contract-number = Contract number
ask-contract-title = Contract title
ask-from = First day of the contract (Enter if not known)
ask-to = Last day of the contract (Enter if not known)
ask-items = Permitted items, separated by commas (Enter for any)
ask-data-class = Classes of data there are
ask-training = Training asked of those who handle the data
ask-approval = What needs a decision first
ask-operator = Who is acting?
ask-new-key-passphrase = Passphrase to lock the signing key (not shown; Enter for none):{" "}
ask-key-passphrase = Passphrase of the signing key (not shown):{" "}
ask-key-end = The last 8 characters of the fingerprint on paper
ask-key-whose = Whose key is it?
training-none = none
training-once = once before handling
training-fiscal-year = every fiscal year
training-12-months = within twelve months
approval-handover = hand-over
approval-copy = copying
approval-takeout = take-out
approval-erasure = erasure
approval-destruction = destruction
approval-subcontract = subcontracting
approval-medium = use of a medium

## Case, people, contract
case-named = Case: { $title } (contract { $number })  { $path }
case-unnamed = Case: (no title yet)  { $path }
case-default = Case: default (no case for a contract)  { $path }
case-default-made = There is no case, so a default ledger was made: { $path }
case-trusted = This computer now trusts: { $title }  { $path }
case-unreadable = (settings cannot be read)
init-done = The case was made: { $path }
init-key =   Fingerprint of the signing key: { $fingerprint } (keep it on paper and tell the other side)
init-next =   Settings can be edited in tewatashi.toml. Next, register the people: tewatashi staff add
settings-changed = { $count } changed settings were recorded in the ledger.
warn-settings-loosened = { $count } rules were loosened. Old and new values stay in the ledger for audits.
ledger-brought-up = The ledger was brought up to date. A copy of the old one: { $path }
staff-added = Added: { $number } { $name } ({ $role })
staff-trained = Training recorded: { $name } ({ $date })
staff-retired = Recorded as leaving: { $name } ({ $date })
staff-transferred = Transfer recorded: { $from } → { $to } ({ $count })
staff-none = Nobody is on the roster.
staff-untrained = not trained
staff-gone = left { $date }
not-known = not known
contract-number = Contract
contract-title = Title
contract-period = Period
contract-years = Fiscal years
contract-items = Items
contract-items-any = not limited
contract-kept = Kept until
contract-amendment = Amendment
amend-title = Amendment
amended = Amendment recorded: { $number }
amend-empty = A text is missing.
amend-nothing = Nothing would change.
amend-ends-before = The new last day { $to } is before the first day { $from }.
amend-no-list = This contract does not limit the items, so none can be added or removed.
amend-listed = Permitted already: { $items }
amend-not-listed = Not in the contract: { $items }
amend-nothing-left = No item would be left.
hint-amend = See what holds now: tewatashi contract show
held = Hold begun (entry { $number }). To end it: tewatashi case release { $number } --reason TEXT
released = The hold of entry { $number } has ended.
backup-done = Copy made: { $path } ({ $entries }, code { $code })
warn-backup-key = The copy holds the signing key. Keep it locked away.
restored = The case was brought back: { $path } ({ $entries })
warn-restore-lost = Entries { $from } to { $to }, made after the copy, did not come back. The ledger says so.
warn-restore-instead = The case in its old folder can no longer be used on this computer, so that it does not have two pasts: { $path }
key-current = current
key-former = former
key-trusted = trusted
key-rotated = The signing key was replaced. Old: { $old }  New: { $new }
key-rotated-next =   Keep the new fingerprint on paper and tell the other side.
key-trust-done = Key registered: { $whose } ({ $fingerprint })

## Ledger
kind-init = case made
kind-settings = settings changed
kind-staff-add = person added
kind-staff-train = training
kind-staff-retire = person left
kind-staff-transfer = transfer
kind-pack = pack
kind-verify = verify
kind-list = list
kind-open = open
kind-correct = correction
kind-contract-amend = amendment
kind-hold = hold
kind-release = release
kind-key-rotate = key rotated
kind-trust = key trusted
kind-received = received
kind-sent = sent
kind-export = export
kind-backup = backup
kind-restore = restore
kind-archive = archive
kind-leftovers = leftovers
kind-document = document issued
kind-print = document printed again
kind-void = document voided
kind-slip-erased = slip file erased
outcome-begun = begun
outcome-done = done
outcome-in-part = in part
outcome-refused = refused
outcome-failed = failed
outcome-interrupted = interrupted
outcome-no-end = no end
claim-option = self-claimed
claim-mapping = self-claimed, by OS user
claim-answer = self-claimed, answered
claim-os-user = the OS user as it is
clock-synchronised = computer's clock, synchronised
clock-not-synchronised = computer's clock, not synchronised
clock-unknown = computer's clock, synchronisation unknown
col-number = No.
col-time = Time
col-operator = Operator
col-os-user = OS user
col-kind = Kind
col-result = Result
col-subjects = About
col-leaf = Leaf hash
col-facts = Facts
col-name = Name
col-party = Side
col-role = Role
col-section = Department
col-trained = Trained
corrected-by = <corrected by { $number }>
corrected = Entry { $number } was corrected. The old one stays, struck through.
ledger-list-none = No entries.
ledger-entries = Entries
ledger-checkpoints = Roots compared
ledger-signatures = Signatures checked
ledger-code = Ledger code
ledger-ok-internal = The ledger is consistent in itself.
ledger-ok-seen = The ledger is consistent, and contains what this computer saw last.
ledger-ok-code = The ledger is consistent, and still contains entries 1 to { $size } as the code on paper pins them. Later entries are not held against paper.
ledger-internal-only =   Not held against paper (internal consistency only). With a code from paper, use --code.
checkpoint-done = The signed head was written: { $path } (code { $code })
checkpoint-how =   To check it: { $command }
sent = Entries { $from } to { $to } were written: { $path }
received = Taken in from { $origin }: { $new } new, { $known } known already
received-code =   Code of that ledger: { $code }
confirm-key = Entries signed by a key not seen before ({ $origin }). Hold it against the fingerprint on the other side's paper: { $start }…
archived = The ledger was sealed ({ $entries }): { $path }
archived-next =   The ledger itself stays. The sealed file can be checked: tewatashi ledger verify
done-but-not-recorded = The work was done, but that could not be recorded.
warn-not-recorded = This could not be recorded: { $reason }
warn-unsigned = The signing key is not open, so this entry is not signed yet. It will be when the key is open next.
found-missing-one = Entry { $number } is missing.
found-missing = Entries { $from } to { $to } are missing.
found-swapped = Entries { $one } and { $other } were exchanged.
found-misplaced = In the place of entry { $at } stands one that says { $says }: inserted, removed or moved.
found-unreadable = Entry { $number } cannot be read.
found-not-canonical = Entry { $number } is not in canonical form.
found-changed-one = Entry { $number } was changed.
found-changed = One of the entries { $from } to { $to } was changed.
found-checkpoint = The recorded root over { $size } entries was altered.
found-cut-off = The end was cut off: { $entries } entries, { $covered } were signed.
found-bad-signature = The signature over { $size } entries does not hold.
found-other-key = The signature over { $size } entries is by a key that is not this ledger's: { $key }
found-no-key = The ledger names no key, so signatures cannot be judged.
found-head = The stored head is not that of the entries: the unsigned end was cut or added to.
found-code-cut-off = The code { $code } proves more entries than the { $entries } there are: the end was cut off, or an older copy put in place.
found-carried-cut-off = The code { $code } carried by the bundle of entry { $by } proves more entries than the { $entries } there are.
found-code-other = The past pinned by the code { $code } is not the past of this ledger.
found-carried-other = The past pinned by the code { $code } of the bundle in entry { $by } is not the past of this ledger.
found-older = This computer saw { $seen } entries, now there are { $entries }: an older copy, or the end was cut off.
found-other-past = The first { $seen } entries are not those this computer saw.
found-other-ledger = This is another ledger than this case's.
found-other-first-key = It begins with another key than the case did: { $key }
found-schema = Tables or triggers that refuse changes were altered.
found-pages = The file's pages do not hold together.
found-index = The index is not what the entries say; history may not show everything.
notice-clock = The clock was set back { $seconds } seconds before entry { $number }.
notice-unsigned = Entries from { $from } on are not signed yet. Until they are, a change in them shows only against a code from paper.
notice-key-replaced = At entry { $number } the key was replaced without the old key's signature (reported lost).
notice-restored = At entry { $number } the case was brought back from a copy.

## Case and ledger: errors
err-no-case = There is no case yet.
hint-no-case = Make one with tewatashi init, or name its folder with --case.
err-no-case-here = Not a case's folder: { $path }
err-case-not-trusted = This computer does not trust this case: { $path }
hint-case-not-trusted = If you know where it comes from: tewatashi case trust { $path }. Or name another case with --case.
err-case-exists = There is a case here already: { $path }
hint-case-exists = Name another folder, or use the case that is there.
err-bad-settings = Mistakes in the settings: { $path }
hint-bad-settings = Mend the lines shown. Until then nothing is done.
err-bad-answers = Something is wrong with the answers.
hint-bad-answers = Mend what is shown and run it again.
mistake-not-utf8 = Not UTF-8. Save it as UTF-8.
mistake-full-width = A full-width "{ $sign }" where a narrow one belongs.
mistake-syntax = Syntax: { $detail }
mistake-unknown-near = No such key. Did you mean { $nearest }?
mistake-unknown = No such key. There are: { $known }
mistake-shape = { $shape } is expected.
mistake-not-accepted = "{ $found }" is not accepted. Accepted: { $list }
mistake-range = A number from { $least } to { $most } is expected.
mistake-ends-before = It is before the first day { $from }.
mistake-empty = It must not be empty.
mistake-unseen = It holds a character that cannot be seen ({ $character }).
mistake-twice = It was said before, at { $first }.
shape-text = A text in "…"
shape-texts = A list ["…", "…"]
shape-yes-no = true or false
shape-whole = A whole number
shape-date = A date like "2026-04-01"
shape-letters = One to three capital letters, such as "D"
shape-section = A [section]
shape-sections = [[sections]]
bad-side = the side is one of { $list }, or city, contractor, subcontractor
hint-accepted = Accepted: { $list }
err-ends-before = The contract would end before it begins.
hint-ends-before = Check --from and --to.
err-bad-role = There is no role "{ $found }" on this side.
err-no-name = A name is missing.
hint-no-name = Give a name.
err-name-is-number = "{ $name }" reads as a number of the roster.
err-os-user-taken = The OS user { $user } stands for { $person } already.
hint-os-user-taken = Name another OS user.
err-no-person = { $said } is not on the roster.
hint-no-person = See tewatashi staff list.
err-ambiguous-person = { $said } may be any of: { $people }
hint-ambiguous-person = Use the number of the roster (such as P-001).
err-has-left = { $person } left on { $date }.
err-same-person = Both are the same person.
hint-same-person = Name two people.
err-unseen = "{ $text }" holds a character that cannot be seen ({ $character }).
err-operator-unlisted = { $name } is not on the roster.
hint-operator-unlisted = Have them registered with tewatashi staff add, or name somebody on the roster with --operator.
err-operator-retired = { $name } left on { $date }.
err-operator-untrained = { $name } lacks the training asked for ({ $rule }; last: { $last }).
hint-operator-untrained = After the training, record it with tewatashi staff train.
err-no-entry = There is no entry { $number }.
hint-no-entry = See tewatashi ledger list.
err-nothing-known = Nothing is recorded about { $of }.
hint-nothing-known = Write the number or name as it stands in the ledger.
err-not-correctable = Entries of this kind cannot be corrected.
hint-not-correctable = To mend a correction, correct the first entry again.
err-bad-pair = "{ $text }" is not name=value.
hint-bad-pair = For example: --set subjects=1234
err-held = There is a hold (entry { $number }).
hint-held = End it first: tewatashi case release { $number } --reason TEXT
err-no-hold = Entry { $number } is not a hold that lasts.
hint-no-hold = See tewatashi ledger list --kind hold
err-archive-no-end = The contract has no end, so its retention has none.
hint-archive-no-end = Write the last day into contract.to in tewatashi.toml.
err-archive-kept = The records have to be kept until { $until }.
hint-archive-kept = Do it after that day. For a copy use tewatashi case backup.
err-key-locked = The signing key is locked by a passphrase.
hint-key-locked = Use --key-passphrase-file, or run it at a terminal.
err-key-missing = The signing key is missing.
hint-key-missing = Bring it back from a copy, or, when it is lost: tewatashi key rotate --lost --reason TEXT
err-other-key = This is not the ledger's key: { $path }
hint-other-key = Bring the right key back from a copy, or, when it is lost: tewatashi key rotate --lost --reason TEXT
err-wrong-key-passphrase = Wrong passphrase for the key: { $path }
hint-wrong-key-passphrase = Check the passphrase and run it again. When it is forgotten: tewatashi key rotate --lost --reason TEXT
err-no-ledger = No ledger here: { $path }
err-not-a-ledger = Not a ledger: { $path }
hint-not-a-ledger = Check the name. If it should be one, bring it back from a copy.
err-ledger-newer = A ledger of a newer tewatashi (schema { $found }, this one knows up to { $known }): { $path }
hint-ledger-newer = Use the newer version.
err-ledger-damaged = The ledger does not hold together, so nothing is added: { $path }
err-ledger-broken = Verifying the ledger found:
hint-ledger-broken = Leave the file as it is, make a copy, and report it. To go on, bring the case back with tewatashi case restore.
err-overtaken = Another program took the number of the document first.
err-ledger-busy = Other programs keep the ledger busy: { $path }
hint-ledger-busy = Wait for the other tewatashi to end and run it again.
err-ledger-full = The disk is full, so nothing can be recorded: { $path }
hint-ledger-full = Free some space and run it again. What was recorded is safe.
err-ledger-read-only = The ledger cannot be written: { $path }
hint-ledger-read-only = Name a case that can be written with --case. Reading and verifying work here.
err-ledger-network = The ledger is on a network share ({ $kind }), where it cannot be used safely: { $path }
hint-ledger-network = Move the case to this computer's disk (tewatashi case backup / restore) and carry entries with ledger send / receive.
err-ledger-store = The ledger cannot be used: { $path } ({ $reason })
err-not-canonical = An entry has no canonical text.
hint-not-canonical = Check the values, numbers above all.
err-not-a-package = Not a file of ledger entries: { $path }
hint-not-a-package = Name a file made by ledger send or ledger archive.
err-package-broken = The file of entries is broken: { $path } ({ $part })
hint-package-broken = Get it from the sender again. Nothing was taken in.
err-package-partial = It begins with entry { $from } and proves nothing alone: { $path }
hint-package-partial = Use tewatashi ledger receive where the entries before it are.
err-package-root = The signed root is not that of the entries.
err-own-entries = These are this ledger's own entries.
hint-own-entries = Name a file from another ledger.
err-entries-missing = Entries { $from } to { $to } before these were not received yet.
hint-entries-missing = Ask for a file made with tewatashi ledger send --from { $from }.
err-two-pasts = Entry { $number } of that ledger differs from what was received before: that ledger has two pasts.
hint-two-pasts = Nothing was taken in. Keep both files and ask the other side and your auditor.
err-key-not-confirmed = Signed by a key nobody has confirmed from paper: { $start }…
hint-key-not-confirmed = Copy the fingerprint from the other side's paper: tewatashi key trust FINGERPRINT-FROM-PAPER --whose NAME
err-code-no-number = A ledger code begins with the number of entries, as 17-XXXXX-….
hint-code = Type the whole code from paper, the number first.
err-not-a-backup = Not a copy of a case: { $path }
hint-not-a-backup = Name a file made by tewatashi case backup.
hint-restore-to = Name a folder that does not exist yet with --to.

## Bundle and contract
err-other-items = The contract does not permit these items: { $items }
hint-other-items = Check --items, or record an amendment with tewatashi contract amend.
warn-many-subjects = This is about { $threshold } persons or more. Make sure that many are needed.

## Register
exported = The register was written: { $path } ({ $rows }, { $entries })
err-export-form = The form of the file is not clear.
hint-export-form = Use --xlsx, --csv or --json, or let the name end in .xlsx, .csv or .json.
err-too-many-rows = There are more entries than one sheet of a workbook takes.
hint-too-many-rows = Use --year for one fiscal year, or --json.
err-export = The register cannot be written: { $path } ({ $reason })
hint-export = Verify the ledger with tewatashi ledger verify, then run it again.
found-not-endorsed = The key that entry { $number } names was not named by the key before it. Signatures after it prove nothing.
err-key-busy = Another program is replacing the key.
warn-strange-entries = There are entries nobody signed and this computer did not see being written ({ $from } to { $to }). Look at them with tewatashi ledger list, and report them if you know nothing of them.
warn-restore-key = The key in the copy is not the ledger's key of today, so the entry of the restore is not signed. Put the right key into keys, or, when it is lost: tewatashi key rotate --lost
err-would-not-read = With these values the entry could no longer be read.
hint-would-not-read = Give values of the same form as before: a date, a number, a list separated by commas.
warn-unread = Entries that cannot be read are left out of roster and contract: { $numbers }

## Documents
arg-no-documents = Issue no transfer record and no slip stub
arg-document = Number of the document (such as D-0001)
arg-print = Number of a document, or a bundle whose documents are missing
arg-print-list = List the documents that were issued
arg-print-form = Print with this template
arg-print-out = Where the page goes (default: records/ of the case)
arg-void-reason = Why it is voided
about-print = Print an issued document again, marked as a copy
about-void = Void a document (its number stays, marked as voided)
about-slip = Find and erase the files of slips
about-slip-list = List the files of slips that were not erased
about-slip-erase = Overwrite and remove the file of a slip that was printed
issued = Issued: { $number } { $title } ({ $path })
printed-again = Printed again: { $number } { $mark } ({ $path })
voided = Voided: { $number }. The number stays.
document-voided = voided
documents-none = No documents were issued.
nothing-to-issue = Nothing is missing for { $bundle }.
void-not-packed = The bundle could not be made
slips-none = No file of a slip is left.
slip-there = there
slip-not-there = not there
slip-number = Slip number
slip-erased = Overwrote and removed the file of the slip ({ $bytes }): { $path }
slip-found-gone = The file of the slip is gone already (nothing shows whether it was erased): { $path }
warn-slip-there = The file of slip { $number } is still there: { $path }. When it is printed, erase it with: tewatashi slip erase { $number }
warn-spooler = Slip { $number } was sent to the printer. The print system (CUPS) may keep a copy in /var/spool/cups. Ask your administrator how long it keeps jobs (PreserveJobFiles).
err-no-printing = Cannot run the print command lp: { $reason }
hint-no-printing = Check the name of the printer (lpstat -a), or save the slip with --slip slip.pdf and print it.
err-not-printed = Not printed: { $reason }
err-no-document = No such document: { $number }
hint-no-document = Check the number with: tewatashi print --list
err-slip-again = Password slip { $number } cannot be printed again.
hint-slip-again = The passphrase is stored nowhere. When a slip is lost, make a new bundle with a new passphrase.
err-record-altered = The record is not what the ledger pinned: { $path }
hint-record-altered = Bring the file back from a backup of the case. An altered record is not printed.
err-already-void = { $number } is void already (entry { $entry }).
hint-already-void = There is nothing to do.
err-documents-missing = Bundle { $bundle } was made, but its documents could not be issued.
hint-documents-missing = Remove the cause, then issue them with: tewatashi print { $bundle }
err-no-open-slip = Not a slip whose file is left: { $number }
hint-no-open-slip = Check the number with: tewatashi slip list
err-slip-other-file = Another file is where slip { $number } was: { $path }
hint-slip-other-file = Look at it. Leave it if it is not the slip; if it is, give it its name back and run this again.
arg-receipt = Issue the receipt (at delivery, before anything is opened)
arg-confirmation = Issue the confirmation of opening
arg-no-confirmation = Issue no confirmation of opening
exported-page = Exported the register ({ $rows }) to { $path }
err-no-paper = No document can be issued for this bundle (it has no number or no manifest).
hint-no-paper = Name the folder of a bundle made with tewatashi. A confirmation of opening needs the passphrase (--passphrase-file).
err-unconfirmed = The work is done, but its document could not be issued.
hint-unconfirmed = Remove the cause, then issue the confirmation with: tewatashi verify --confirmation
or-no-documents = To go on without documents, add --no-documents.
ledger-records = records
found-document-number = Entry { $number }: document number { $says } does not follow (expected { $expected }).
found-record = File { $file } of document { $document } is not what the ledger pinned.
notice-record-missing = The record of document { $document } is not in records/.
