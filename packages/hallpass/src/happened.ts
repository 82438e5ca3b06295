/** What happened, by the machine's numbers. They are written into the code where they are used. */
export const enum Happened {
  Mounted,
  Unmounted,
  Refresh,
  Answered,
  Failed,
  Changing,
  /** A change was answered, or nobody knows whether it was made. */
  Changed,
  /** The server refused a change. */
  Unchanged,
  SignedOut,
  Updated,
  Heard,
  HeardOldClient,
  Focused,
  Blurred,
  Visible,
  Hidden,
  Resumed,
  Online,
  Offline,
  Woke,
  Configured,
}

/** The bits of the machine's answer. */
export const enum Do {
  Abort = 1,
  Fetch = 2,
  Take = 4,
  TellOldClients = 8,
  Render = 16,
  Settle = 32,
}
