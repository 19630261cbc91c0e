// Package room lets the laptops of one station give each other what is recorded, over the local network and without the
// internet: they find each other by a small broadcast (air.go), know each other by the device keys that their hub's
// register of devices holds (trust.go), and each sends what another lacks (line.go). What is sent and what it means is in
// node; SPEC, section 12, has the form.
//
// It promises: nothing is told to a machine that is no laptop in force of the same commune and hub; what a neighbour
// said it has, signed, is durable there. It decides nothing: a neighbour is no hub.
//
// Read room.go.
package room
