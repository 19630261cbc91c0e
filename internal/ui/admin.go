package ui

// Admin is the part of a person's form that the national minimum data set asks for and no session needs, folded away: a partial named
// "admin". Posted as address, addr_birth, addr_register, addr_native, passport, paper, travel_paper, blood and missing.
type Admin struct {
	Address, AddrBirth, AddrRegister, AddrNative,
	Passport, TravelPaper, Missing Field
	Paper, Blood Select
	// Filled says that something stands in it, Wrong that something is wrong there: then it is open.
	Filled, Wrong bool
}
