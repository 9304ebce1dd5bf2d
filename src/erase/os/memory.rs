//! Memory for secrets: kept out of swap and of core dumps where the system allows it, and zeroed before it is given back.

use std::fmt;
use std::mem::MaybeUninit;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use zeroize::{Zeroize, Zeroizing};

use super::sys;

/// Secret bytes of a fixed capacity, alone on pages of their own.
///
/// Locks hold for whole pages and do not count: on a shared page, dropping one secret would let its neighbour out to the swap.
/// The capacity is fixed because growing would leave the old copy behind in freed memory.
///
/// # Security
/// A suspended machine writes all memory to disk, locked or not, and `is_locked` is false where the limit on locked memory
/// is used up. Full-disk encryption is the answer to both.
pub struct LockedBytes {
    start: NonNull<u8>,
    mapped: usize,
    capacity: usize,
    length: usize,
    locked: bool,
}

/// The bytes do not fit the capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret is longer than the memory set aside for it")]
pub struct Full;

// SAFETY: the pages belong to this value alone and no thread-local state is involved; shared access only reads.
unsafe impl Send for LockedBytes {}
// SAFETY: as above; every change needs `&mut self`.
unsafe impl Sync for LockedBytes {}

impl LockedBytes {
    /// Room for `capacity` bytes, none of them set yet.
    ///
    /// # Panics
    /// When the system has no memory left, as any allocation does.
    #[must_use]
    #[expect(clippy::expect_used, reason = "no memory left, as in any allocation")]
    pub fn with_capacity(capacity: usize) -> Self {
        let mapped = capacity.max(1).next_multiple_of(sys::page_size());
        let start = sys::map_pages(mapped).expect("memory for a secret");
        // SAFETY: the mapping was made just above with this length, and stands until the drop.
        let locked = unsafe { sys::lock_pages(start, mapped) };
        Self { start, mapped, capacity, length: 0, locked }
    }

    /// `length` bytes of zero, to be filled in place.
    #[must_use]
    pub fn zeroed(length: usize) -> Self {
        let mut bytes = Self::with_capacity(length);
        bytes.length = length;
        bytes
    }

    /// A copy of `bytes`. Wiping the original stays the caller's business.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Self {
        let mut copy = Self::zeroed(bytes.len());
        copy.copy_from_slice(bytes);
        copy
    }

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// [`Full`] when they do not fit; nothing is added then.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), Full> {
        let end = self.length.checked_add(bytes.len()).ok_or(Full)?;
        if end > self.capacity {
            return Err(Full);
        }
        let start = std::mem::replace(&mut self.length, end);
        self[start..].copy_from_slice(bytes);
        Ok(())
    }

    /// Shortens to `length` bytes and wipes the rest. Does nothing when it is that short already.
    pub fn truncate(&mut self, length: usize) {
        if length < self.length {
            self[length..].zeroize();
            self.length = length;
        }
    }

    /// How many bytes fit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Whether the system keeps these pages out of swap.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.locked
    }
}

impl Deref for LockedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `length` ≤ `capacity` ≤ `mapped`; the pages were zeroed by the system, so every byte is initialised, and
        // they stand as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl DerefMut for LockedBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as for `deref`, and `&mut self` means that nobody else looks.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }
}

impl Drop for LockedBytes {
    fn drop(&mut self) {
        // Zeroed first and given back after, which also ends the lock: the other way round the bytes could reach the swap.
        // `truncate` has wiped whatever lay beyond the length.
        self.zeroize();
        // SAFETY: the mapping made in `with_capacity`, given back once, and `self` is gone after this.
        unsafe { sys::unmap_pages(self.start, self.mapped) };
    }
}

impl Zeroize for LockedBytes {
    fn zeroize(&mut self) {
        self.deref_mut().zeroize();
    }
}

impl fmt::Debug for LockedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockedBytes(secret)")
    }
}

/// Adds to a secret text. Where it does not fit, it moves to a larger place by itself and the old one is wiped: a `String`
/// that grows leaves what it held in freed memory.
pub fn push_secret(secret: &mut Zeroizing<String>, text: &str) {
    let needed = secret.len() + text.len();
    if needed > secret.capacity() {
        let mut larger = Zeroizing::new(String::with_capacity(2 * needed));
        larger.push_str(secret);
        *secret = larger;
    }
    secret.push_str(text);
}

/// A secret value of a type that does not wipe itself, such as an expanded cipher key: dropped, and then its bytes are zeroed.
///
/// # Security
/// Only the bytes of the value itself are wiped, not what it points to. The move into [`Scrubbed::new`] may leave a copy on
/// the stack, so make the value in the call.
pub struct Scrubbed<T> {
    value: Box<MaybeUninit<T>>,
}

impl<T> Scrubbed<T> {
    /// Takes the value in. It does not move again until it is dropped.
    pub fn new(value: T) -> Self {
        Self { value: Box::new(MaybeUninit::new(value)) }
    }
}

impl<T> Deref for Scrubbed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: initialised in `new`, and only the drop takes it away.
        unsafe { self.value.assume_init_ref() }
    }
}

impl<T> Drop for Scrubbed<T> {
    fn drop(&mut self) {
        /// Wipes even when the value's own drop panics.
        struct Wipe<'a, T>(&'a mut MaybeUninit<T>);
        impl<T> Drop for Wipe<'_, T> {
            fn drop(&mut self) {
                self.0.zeroize();
            }
        }
        let wipe = Wipe(&mut self.value);
        // SAFETY: initialised in `new`, dropped here and nowhere else; nothing reads it afterwards.
        unsafe { wipe.0.assume_init_drop() };
    }
}

impl<T> fmt::Debug for Scrubbed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrubbed(secret)")
    }
}

/// An allocator for the unit tests, that sees what is given back unwiped.
#[cfg(test)]
pub(crate) mod freed {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::Cell;

    thread_local! {
        static MARK: Cell<&'static [u8]> = const { Cell::new(&[]) };
        static FOUND: Cell<usize> = const { Cell::new(0) };
    }

    struct Watching;

    #[global_allocator]
    static WATCHING: Watching = Watching;

    // SAFETY: everything is handed on to the system's allocator; growing is allocating anew, as the trait has it by default.
    unsafe impl GlobalAlloc for Watching {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: the caller's promise, handed on.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            let mark = MARK.get();
            let holds = |at: usize| {
                // SAFETY: within the block, which is still the caller's.
                mark.iter().enumerate().all(|(i, byte)| unsafe { block.add(at + i).read_volatile() } == *byte)
            };
            if !mark.is_empty() && (0..(layout.size() + 1).saturating_sub(mark.len())).any(holds) {
                FOUND.set(FOUND.get() + 1);
            }
            // SAFETY: the caller's promise, handed on.
            unsafe { System.dealloc(block, layout) };
        }
    }

    /// How many blocks of memory this thread gave back while they still held `mark`.
    pub(crate) fn holding(mark: &str, work: impl FnOnce()) -> usize {
        let mark: &'static [u8] = mark.as_bytes().to_vec().leak();
        FOUND.set(0);
        MARK.set(mark);
        work();
        MARK.set(&[]);
        FOUND.get()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    #[test]
    fn a_secret_text_that_grows_leaves_nothing_behind() {
        let grow = |push: fn(&mut Zeroizing<String>, &str)| {
            freed::holding("Kx3vq", || {
                let mut secret = Zeroizing::new(String::from("Kx3vq"));
                (0..100).for_each(|_| push(&mut secret, "-more"));
                assert_eq!(secret.len(), 505);
            })
        };
        assert_eq!(grow(push_secret), 0);
        assert!(grow(|secret, text| secret.push_str(text)) > 0, "the watch sees what is left");
    }

    #[test]
    fn bytes_are_kept_appended_and_cut() {
        let mut secret = LockedBytes::with_capacity(8);
        secret.append(b"abcde").unwrap();
        assert_eq!(secret.append(b"fghi"), Err(Full));
        assert_eq!(&secret[..], b"abcde");
        secret.truncate(2);
        secret.append(b"xyz").unwrap();
        assert_eq!(&secret[..], b"abxyz");
        assert_eq!(secret.capacity(), 8);
        assert!(LockedBytes::from_slice(b"").is_empty());
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = LockedBytes::from_slice(b"Hk7m3");
        assert_eq!(format!("{secret:?}"), "LockedBytes(secret)");
        assert_eq!(format!("{:?}", Scrubbed::new(7)), "Scrubbed(secret)");
    }

    #[test]
    fn neighbours_stay_locked() {
        // Two secrets never share a page, so that dropping one cannot unlock the other.
        let (one, two) = (LockedBytes::from_slice(b"one"), LockedBytes::from_slice(b"two"));
        let distance = (one.as_ptr() as usize).abs_diff(two.as_ptr() as usize);
        assert!(distance >= sys::page_size());
        assert_eq!(one.as_ptr() as usize % sys::page_size(), 0);
    }

    #[test]
    fn a_scrubbed_value_is_dropped_once() {
        struct Counted(Rc<Cell<u32>>);
        impl Drop for Counted {
            fn drop(&mut self) {
                self.0.set(self.0.get() + 1);
            }
        }
        let drops = Rc::new(Cell::new(0));
        let value = Scrubbed::new(Counted(drops.clone()));
        assert_eq!(value.0.get(), 0);
        drop(value);
        assert_eq!(drops.get(), 1);
    }
}
