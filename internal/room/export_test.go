package room

// AddressesMax is how many addresses can be given by hand.
const AddressesMax = addressesMax
