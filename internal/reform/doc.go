// Package reform works out what a change of the map does to the tree of places, before anything is written: a
// list of administrative units with or without the map from old to new ones, a merger, a split, a move, a new
// name, an end, a list of hamlets. It is pure: places in, a Plan out.
//
// A Plan says for each place what it is and what it shall be, as acts in an order that leaves a consistent tree
// after each of them:
//
//  1. provinces and regions that are new or change, from the top down;
//  2. communes: a new one together with the ends of its parts and the moves of their stations. What one split ties
//     together beyond the size of an act is cut between new communes, and an old one ends with the last of its
//     successors: it is in force until all of them are there;
//  3. districts, regions and provinces that end, from the bottom up, when nothing in force lies in them.
//
// The same order worked out again on a tree where only some acts were written gives the acts that are missing, and
// nothing on one that has them all. Nothing here rewrites what people recorded: their records keep the place as
// they named it, and package atlas says where that is today.
//
// Start with order.go, then reshape.go.
package reform
