package cgroupfs

import "testing"

func TestMemoryStat(t *testing.T) {
	testDecoder[MemoryStat](t, "anon 1\npgfault 2\nkernel 3\n", []decodeCase{
		{"empty", "", "", ErrEmpty},
		{"another file", "hello world\nfoo bar\n", "", ErrNoKnownKey},
		{"key without value", "anon\nfile 2\n", "File=2", ErrSyntax},
		{"key and blank", "anon \nfile 2\n", "File=2", ErrSyntax},
		{"two values", "anon 1 2\nfile 2\n", "File=2", ErrSyntax},
		{"max", "anon max\nfile 2\n", "File=2", ErrSyntax},
		{"negative", "anon -4096\nfile 2\n", "File=2", ErrNegative},
		{"two to the 64", "anon 18446744073709551616\nfile 2\n", "File=2", ErrRange},
		{"number without key", " 17\nfile 2\n", "File=2", ErrSyntax},
		{"bad repeat of a good key", "anon 1\nanon x\n", "", ErrSyntax},
		{"escape sequence", "\x1b]0;pwned\x07 5\nfile 2\n", "File=2", nil},
		{"unknown keys", "new 1\nfile 2\nnewer a b c\n", "File=2", nil},
		{"last one counts", "anon 1\nanon 2\n", "Anon=2", nil},
		{"before 5.9", "workingset_refault 17\n", "Reclaim.RefaultFile=17", nil},
		{"since 5.9", "workingset_refault_anon 3\nworkingset_refault_file 4\n", "Reclaim.RefaultAnon=3 Reclaim.RefaultFile=4", nil},
		{
			"what cannot be freed", "anon 1\nfile 2\nkernel 3\nsock 4\nshmem 5\nslab_reclaimable 6\n",
			"Anon=1 File=2 Shmem=5 Sock=4 Kernel.Total=3 Kernel.SlabReclaimable=6", nil,
		},
	})
}

func FuzzMemoryStat(f *testing.F) { fuzzDecoder[MemoryStat](f, FileMemoryStat) }
