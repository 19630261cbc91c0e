package exchange

// LookupBytesMax bounds the body of a look-up.
const LookupBytesMax = lookupBytesMax
