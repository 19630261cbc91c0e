package control

// BodyBytesMax bounds what a command may send.
const BodyBytesMax = bodyBytesMax
