"""`lienthong demo`: a day of documents between simulated agencies, over the public API of a real hub, with everything checked."""
