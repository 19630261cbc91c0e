package envelope

import "strings"

// The letters and the checksum of Bech32 (BIP 173), in which age writes keys.
const bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

func bech32(prefix string, data []byte) string {
	five := regroup(data, 8, 5)
	sum := polymod(append(expand(prefix), append(five, 0, 0, 0, 0, 0, 0)...)) ^ 1
	for i := range 6 {
		five = append(five, byte(sum>>(5*(5-i)))&31)
	}
	var out strings.Builder
	out.WriteString(prefix + "1")
	for _, v := range five {
		out.WriteByte(bech32Letters[v])
	}
	return out.String()
}

// unbech32 returns the data of a text that was checked before.
func unbech32(text string) ([]byte, error) {
	text = strings.ToLower(text)
	data := text[strings.LastIndexByte(text, '1')+1:]
	five := make([]byte, 0, len(data))
	for _, c := range data[:max(len(data)-6, 0)] {
		v := strings.IndexRune(bech32Letters, c)
		if v < 0 {
			return nil, ErrKey
		}
		five = append(five, byte(v))
	}
	return regroup(five, 5, 8)[:len(five)*5/8], nil
}

// regroup cuts bits into groups of another size; the last one is filled with zeros.
func regroup(in []byte, from, to uint) (out []byte) {
	var acc, bits uint
	for _, b := range in {
		acc, bits = acc<<from|uint(b), bits+from
		for bits >= to {
			bits -= to
			out = append(out, byte(acc>>bits)&(1<<to-1))
		}
		acc &= 1<<bits - 1
	}
	if bits > 0 {
		out = append(out, byte(acc<<(to-bits))&(1<<to-1))
	}
	return out
}

func expand(prefix string) (out []byte) {
	for i := range len(prefix) {
		out = append(out, prefix[i]>>5)
	}
	out = append(out, 0)
	for i := range len(prefix) {
		out = append(out, prefix[i]&31)
	}
	return out
}

func polymod(values []byte) uint32 {
	sum := uint32(1)
	for _, v := range values {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ uint32(v)
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	return sum
}
