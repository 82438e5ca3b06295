//! Giving memory back to the system.

/// Makes the allocator return large blocks to the system as soon as they are freed.
///
/// A password hash takes 19 MiB for 20 ms. glibc maps such a block on its own the first time, and having seen it
/// freed raises its threshold so that the next ones come from the heap and stay there: the server would keep 19 MiB
/// for each thread that ever hashed. A threshold that is set once is not raised. Other C libraries have no such rule.
pub(crate) fn give_back() {
    #[cfg(target_env = "gnu")]
    {
        const LARGE: libc::c_int = 1024 * 1024;
        const ARENAS: libc::c_int = 4;
        // SAFETY: mallopt takes two integers by value and touches the allocator's own parameters only. It is called
        // before any other thread exists, as mallopt(3) asks.
        #[allow(unsafe_code)]
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
            libc::mallopt(libc::M_ARENA_MAX, ARENAS);
        }
    }
}
