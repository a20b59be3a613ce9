/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes: of files, mappings and pins. */
#include "workloads/tests/judge-rows.h"

#include <errno.h>

#define FILE_A "file a 64K written\nmap m a 0 64K shared rw\n"
#define TWO_FILES "file a 64K written\nfile b 64K written\nmap m a 0 64K shared rw\n"
#define TWO_FILES_P TWO_FILES "pin p vmsplice m 16K\n"
#define INTERRUPTED                                                                                \
	FILE_A "pin p vmsplice m+16K 16K\nstart t punch a 16K 16K\n"                               \
	       "signal t TERM\nunpin p\ncheck a\n"
/* line 4 is the operation with the harm */
#define DEMAND FILE_A "pin p rdma-odp m+16K 16K\n"
#define NOTHING "no access beyond the end of a file, or where nothing is mapped"

#define DMA TWO_FILES "punch a 32K 4K\npin p rdma m 16K\n"

/* Names of origins in the patterns: files count from 1, devices from here. */
#define FILE_1 1
#define FILE_2 2
#define DEVICE 128

static const struct judge_row rows[] = {
	/* no fault: nothing is found */
	{ "the bytes are as they were written",
	  TWO_FILES_P "read a 0 64K\ncheck a\ncheck b\ncheck m\ncheck p\nunpin p\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "lanes of a device in its own page",
	  TWO_FILES "pin p rdma m 16K\ncheck a\ncheck m\ncheck p\nunpin p\ncheck a\ncheck b\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "an access beyond the end of a file is SIGBUS",
	  FILE_A "truncate a 16K\ncheck a\ncheck m\n",
	  { .op = NULL },
	  .want = "pass" },

	{ "a hole keeps its bytes",
	  FILE_A "punch a 16K 16K\ncheck a\n",
	  { .op = "punch", .undone = true },
	  .want = "fail\n4 content.file: zeroes | file 'a' offset 0x4000 holds file 'a' offset "
		  "0x4000 generation 1 (16384 bytes differ)\n"
		  "0 content.file: zeroes | file 'a' offset 0x4000 holds file 'a' offset "
		  "0x4000 generation 1 (16384 bytes differ)" },
	{ "only the last look sees it",
	  FILE_A "punch a 0 4K\n",
	  { .op = "punch", .undone = true },
	  .want = "fail\n0 content.file: zeroes | file 'a' offset 0 holds file 'a' offset 0 "
		  "generation 1 (4096 bytes differ)" },
	{ "EINTR, but the operation had its effect",
	  INTERRUPTED,
	  { .op = "punch", .signal = SIGNAL_TOO_LATE },
	  .want = "fail\n7 content.file: file 'a' offset 0x4000 generation 1 | file 'a' offset "
		  "0x4000 holds zeroes (16384 bytes differ)\n"
		  "0 content.file: file 'a' offset 0x4000 generation 1 | file 'a' offset "
		  "0x4000 holds zeroes (16384 bytes differ)" },
	{ "bytes of another file",
	  TWO_FILES "punch a 0 4K\ncheck a\n",
	  { .op = "punch", .harm = { BYTES_PATTERN, "a", 0x2000, 4096, FILE_2, 1, 0x3000 } },
	  .want = "fail\n5 content.file: file 'a' offset 0x2000 generation 1 | file 'a' offset "
		  "0x2000 holds file 'b' offset 0x3000 generation 1 (4096 bytes differ)\n"
		  "0 content.file: file 'a' offset 0x2000 generation 1 | file 'a' offset "
		  "0x2000 holds file 'b' offset 0x3000 generation 1 (4096 bytes differ)" },
	{ "bytes of an earlier generation",
	  FILE_A "write a 0 4K\ncheck a\n",
	  { .op = "write", .harm = { BYTES_PATTERN, "a", 0, 4096, FILE_1, 1, 0 } },
	  .want = "fail\n4 content.file: file 'a' offset 0 generation 2 | file 'a' offset 0 "
		  "holds file 'a' offset 0 generation 1 (4096 bytes differ)\n"
		  "0 content.file: file 'a' offset 0 generation 2 | file 'a' offset 0 "
		  "holds file 'a' offset 0 generation 1 (4096 bytes differ)" },
	{ "another size",
	  FILE_A "truncate a 16K\ncheck a\n",
	  { .op = "truncate", .undone = true },
	  .want = "fail\n4 content.file: size 16384 | 'a' has size 65536\n"
		  "0 content.file: size 16384 | 'a' has size 65536" },
	{ "a part of the file is gone",
	  FILE_A "punch a 0 4K\ncheck a 32K 32K\n",
	  { .op = "punch", .harm = { BYTES_CUT, "a", 0x9000, 0, 0, 0, 0 } },
	  .want = "fail\n4 content.file: all bytes of the file | read(2) ends at 0x9000 of "
		  "0x10000\n0 content.file: size 65536 | 'a' has size 36864" },
	{ "read(2) fails",
	  FILE_A "check a\n",
	  { .read = EIO },
	  .want = "fail\n3 content.file: read(2) succeeds | EIO at offset 0\n"
		  "0 content.file: read(2) succeeds | EIO at offset 0" },
	{ "a read shows other bytes",
	  FILE_A "punch a 0 4K\nread a 0 8K\n",
	  { .op = "punch", .undone = true },
	  .want = "fail\n4 content.file: zeroes | a read of 'a' offset 0 holds file 'a' offset 0 "
		  "generation 1 (4096 bytes differ)\n"
		  "0 content.file: zeroes | file 'a' offset 0 holds file 'a' offset 0 "
		  "generation 1 (4096 bytes differ)" },
	{ "a file is gone after a remount",
	  FILE_A "unmap m\npunch a 0 4K\nremount\n",
	  { .op = "punch", .harm = { BYTES_GONE, "a", 0, 0, 0, 0, 0 } },
	  .want = "fail\n5 content.file: the file is there after a remount | open of 'a': ENOENT\n"
		  "0 content.file: the file is there after a remount | open of 'a': ENOENT" },

	{ "a mapping shows zeroes",
	  FILE_A "punch a 0 4K\ncheck m\n",
	  { .op = "punch", .harm = { BYTES_ZERO, "a", 0x4000, 16, 0, 0, 0 } },
	  .want = "fail\n4 content.map: file 'a' offset 0x4000 generation 1 | mapping 'm' offset "
		  "0x4000 holds zeroes (16 bytes differ)\n"
		  "0 content.file: file 'a' offset 0x4000 generation 1 | file 'a' offset "
		  "0x4000 holds zeroes (16 bytes differ)" },
	{ "a page beyond the end is still mapped",
	  FILE_A "truncate a 16K\ncheck m\n",
	  { .op = "truncate", .undone = true },
	  .want = "fail\n4 content.map: SIGBUS beyond the end of the file | mapping 'm' offset "
		  "0x4000 can be read\n0 content.file: size 16384 | 'a' has size 65536" },
	{ "a check gets SIGBUS",
	  FILE_A "punch a 0 4K\ncheck m\n",
	  { .op = "punch", .harm = { BYTES_CUT, "a", 0x8000, 0, 0, 0, 0 } },
	  .want = "fail\n4 content.map: the bytes can be read | SIGBUS at 'm'+0x8000\n"
		  "0 content.file: size 65536 | 'a' has size 32768" },
	{ "a store gets SIGBUS",
	  FILE_A "punch a 0 4K\ntouch m+32K 4K write\n",
	  { .op = "punch", .harm = { BYTES_CUT, "a", 0x8000, 0, 0, 0, 0 } },
	  .want = "fail\n4 content.map: the store succeeds | SIGBUS at 'm'+0x8000\n"
		  "0 content.file: size 65536 | 'a' has size 32768" },
	{ "a load gets SIGBUS",
	  FILE_A "punch a 0 4K\ntouch m+32K 4K read\n",
	  { .op = "punch", .harm = { BYTES_CUT, "a", 0x8000, 0, 0, 0, 0 } },
	  .want = "fail\n4 content.map: the load succeeds | SIGBUS in 'm'\n"
		  "0 content.file: size 65536 | 'a' has size 32768" },

	{ "a pin shows another file",
	  TWO_FILES_P "check p\nunpin p\n",
	  { .look = { BYTES_PATTERN, NULL, 4096, 4096, FILE_2, 1, 0 } },
	  .want = "fail\n5 content.pin: file 'a' offset 0x1000 generation 1 | pin 'p' offset "
		  "0x1000 holds file 'b' offset 0 generation 1 (4096 bytes differ)" },
	{ "a pin shows zeroes",
	  TWO_FILES_P "check p\nunpin p\n",
	  { .look = { BYTES_ZERO, NULL, 0, 8, 0, 0, 0 } },
	  .want = "fail\n5 content.pin: file 'a' offset 0 generation 1 | pin 'p' offset 0 holds "
		  "zeroes (8 bytes differ)" },
	{ "a pin shows later bytes",
	  TWO_FILES_P "check p\nunpin p\n",
	  { .look = { BYTES_PATTERN, NULL, 0, 4096, FILE_1, 2, 0 } },
	  .want = "fail\n5 content.pin: file 'a' offset 0 generation 1 | pin 'p' offset 0 holds "
		  "file 'a' offset 0 generation 2 (4096 bytes differ)" },
	{ "the last look of a pin shows another file",
	  TWO_FILES_P "unpin p\n",
	  { .last = { BYTES_PATTERN, NULL, 0, 16384, FILE_2, 1, 0 } },
	  .want = "fail\n5 content.pin: file 'a' offset 0 generation 1 | pin 'p' offset 0 holds "
		  "file 'b' offset 0 generation 1 (16384 bytes differ)" },
	{ "a device reads bytes that nobody wrote",
	  FILE_A "pin p rdma m 16K\ncheck p\nunpin p\n",
	  { .fault = EILSEQ },
	  .want = "fail\n4 content.pin: DMA goes on undisturbed | pin 'p': EILSEQ: byte 8 reads 0\n"
		  "5 content.pin: DMA goes on undisturbed | pin 'p': EILSEQ: byte 8 reads 0" },
	{ "the page refuses a device",
	  FILE_A "pin p rdma m 16K\ncheck p\nunpin p\n",
	  { .fault = EFAULT },
	  .want = "fail\n4 content.pin: DMA goes on undisturbed | pin 'p': EFAULT: byte 8 reads 0\n"
		  "5 content.pin: DMA goes on undisturbed | pin 'p': EFAULT: byte 8 reads 0" },
	{ "a packet is lost",
	  FILE_A "pin p rdma m 16K\ncheck p\nunpin p\n",
	  { .fault = ETIMEDOUT },
	  .want = "error\nline 4: pin 'p': ETIMEDOUT: byte 8 reads 0" },

	{ "a pin on demand follows the file",
	  DEMAND "punch a 16K 4K\ncheck p\ntruncate a 24K\ncheck p\nunpin p\ncheck a\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "a pin on demand shows nothing after the munmap",
	  DEMAND "unmap m\nunpin p\ncheck a\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "another process still maps the pin on demand",
	  FILE_A "pin p rdma-odp m+16K 16K process\nunmap m\npunch a 16K 4K\nunpin p\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "a pin on demand may be refused a new hole",
	  "file a 64K written\nmap m a 0 64K shared r\npin p rdma-odp m 16K\npunch a 0 16K\n"
	  "unpin p\n",
	  { .refuses = 1, .only_later = true },
	  .want = "pass" },
	{ "a pin on demand sees pages that a truncate removed",
	  DEMAND "truncate a 24K\ncheck p\nunpin p\n",
	  { .stale = true },
	  .want = "fail\n5 content.pin: " NOTHING " | an RDMA READ of pin 'p' offset 0x2000 "
		  "succeeds\n6 content.dma: " NOTHING " | an RDMA WRITE to pin 'p' offset "
		  "0x2000 succeeds" },
	{ "a pin on demand sees unmapped pages",
	  DEMAND "unmap m\nunpin p\n",
	  { .stale = true },
	  .want = "fail\n5 content.dma: " NOTHING " | an RDMA WRITE to pin 'p' offset 0 "
		  "succeeds" },
	{ "a pin on demand of a read-only mapping sees pages that a truncate removed",
	  "file a 64K written\nmap m a 0 64K shared r\n"
	  "pin p rdma-odp m 16K\ntruncate a 8K\nunpin p\n",
	  { .stale = true },
	  .want = "fail\n5 content.pin: " NOTHING " | an RDMA READ of pin 'p' offset 0x2000 "
		  "succeeds" },
	{ "a pin on demand sees punched pages",
	  DEMAND "punch a 20K 4K\nunpin p\n",
	  { .stale = true },
	  .want = "fail\n5 content.pin: zeroes | pin 'p' offset 0x1000 holds file 'a' offset "
		  "0x5000 generation 1 (4096 bytes differ)" },
	{ "a pin on demand of another process sees punched pages",
	  FILE_A "pin p rdma-odp m+16K 16K process\nunmap m\npunch a 20K 4K\nunpin p\n",
	  { .stale = true },
	  .want = "fail\n6 content.pin: zeroes | pin 'p' offset 0x1000 holds file 'a' offset "
		  "0x5000 generation 1 (4096 bytes differ)" },
	{ "a pin on demand sees the bytes from before a write",
	  DEMAND "write a 20K 4K\ncheck p\nunpin p\n",
	  { .stale = true },
	  .want = "fail\n5 content.pin: file 'a' offset 0x5000 generation 2 | pin 'p' offset "
		  "0x1000 holds file 'a' offset 0x5000 generation 1 (4096 bytes differ)\n"
		  "6 content.pin: file 'a' offset 0x5000 generation 2 | pin 'p' offset 0x1000 "
		  "holds file 'a' offset 0x5000 generation 1 (4096 bytes differ)" },
	{ "a pin on demand is refused existing pages",
	  DEMAND "unpin p\n",
	  { .refuses = 1 },
	  .want = "fail\n3 content.pin: what the file has there is accessible | an RDMA READ of "
		  "pin 'p' offset 0 is refused\n4 content.pin: what the file has there is "
		  "accessible | an RDMA READ of pin 'p' offset 0 is refused" },

	{ "reads of parts through a pin on demand",
	  DEMAND "check p 0 16K\ncheck p 1K 2K\n"
		 "check p 3K 2K\nunpin p\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "a part that begins within a page shows the start of the page",
	  DEMAND "check p 1K 2K\n",
	  { .stale = true },
	  .want = "fail\n4 content.pin: file 'a' offset 0x4400 generation 1 | pin 'p' offset "
		  "0x400 holds file 'a' offset 0x4000 generation 1 (2048 bytes differ)" },
	{ "a part is refused",
	  DEMAND "check p 1K 4K\n",
	  { .refuses = 1, .only_later = true },
	  .want = "fail\n4 content.pin: what the file has there is accessible | an RDMA READ of "
		  "pin 'p' offset 0x400, 4096 bytes, is refused\n0 content.pin: what the file has "
		  "there is accessible | an RDMA READ of pin 'p' offset 0 is refused" },
	{ "a packet of a part is lost",
	  DEMAND "check p 1K 4K\n",
	  { .fault = ETIMEDOUT },
	  .want = "error\nline 4: pin 'p': the read" },
	{ "a part that a truncate removed",
	  DEMAND "truncate a 24K\ncheck p 4K 8K\n",
	  { .op = NULL },
	  .want = "error\nline 5: pin 'p' cannot be used at a part: some of its pages may be missing" },
	{ "writes of parts through a pin on demand",
	  DEMAND "touch p+1K 6K write\ntouch m+20K 100 write\n"
		 "touch p+8191 1 write\ncheck a\ncheck m\nunpin p\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "a part that begins within a page goes to the start of the page",
	  DEMAND "touch p+1K 2K write\n",
	  { .stale = true },
	  .want = "fail\n4 content.dma: file 'a' offset 0x4000 generation 1 | file 'a' offset "
		  "0x4000 holds file 'a' offset 0x4400 generation 2 (3072 bytes differ)\n"
		  "0 content.pin: file 'a' offset 0x4400 generation 2 | pin 'p' offset 0x400 holds "
		  "file 'a' offset 0x4400 generation 1 (2048 bytes differ)\n"
		  "0 content.file: file 'a' offset 0x4000 generation 1 | file 'a' offset 0x4000 "
		  "holds file 'a' offset 0x4400 generation 2 (3072 bytes differ)" },
	{ "a part lands in another file",
	  TWO_FILES "pin p rdma-odp m+16K 16K\ntouch p 4K write\n",
	  { .harm = { BYTES_PATTERN, "b", 0x8000, 4096, FILE_1, 2, 0x4000 } },
	  .want = "fail\n5 content.dma: file 'b' offset 0x8000 generation 1 | file 'b' offset "
		  "0x8000 holds file 'a' offset 0x4000 generation 2 (4096 bytes differ)\n"
		  "0 content.file: file 'b' offset 0x8000 generation 1 | file 'b' offset 0x8000 "
		  "holds file 'a' offset 0x4000 generation 2 (4096 bytes differ)" },
	{ "the DMA of a part is not blamed for earlier harm",
	  TWO_FILES "pin p rdma-odp m+16K 16K\npunch a 0 4K\ntouch p 4K write\n",
	  { .op = "punch", .harm = { BYTES_ZERO, "b", 0x8000, 4096, 0, 0, 0 } },
	  .want = "fail\n6 content.file: file 'b' offset 0x8000 generation 1 | file 'b' offset "
		  "0x8000 holds zeroes (4096 bytes differ)\n"
		  "0 content.file: file 'b' offset 0x8000 generation 1 | file 'b' offset 0x8000 "
		  "holds zeroes (4096 bytes differ)" },
	{ "a part of a private mapping",
	  "file a 64K written\nmap m a 0 64K private rw\n"
	  "pin p rdma-odp m+16K 16K\ntouch p+1K 2K write\ncheck a\ncheck m\ncheck p\nunpin p\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "a part of a private mapping lands in the file",
	  "file a 64K written\n"
	  "map m a 0 64K private rw\npin p rdma-odp m+16K 16K\ntouch p 4K write\n",
	  { .harm = { BYTES_PATTERN, "a", 0x4000, 4096, FILE_1, 2, 0x4000 } },
	  .want = "fail\n4 content.dma: file 'a' offset 0x4000 generation 1 | file 'a' offset "
		  "0x4000 holds file 'a' offset 0x4000 generation 2 (4096 bytes differ)\n"
		  "0 content.file: file 'a' offset 0x4000 generation 1 | file 'a' offset 0x4000 "
		  "holds file 'a' offset 0x4000 generation 2 (4096 bytes differ)" },
	{ "the write of a part is refused",
	  DEMAND "touch p+1K 4K write\n",
	  { .refuses = 2, .only_later = true },
	  .want = "fail\n4 content.pin: what the file has there is accessible | an RDMA WRITE to "
		  "pin 'p' offset 0x400, 4096 bytes, is refused\n0 content.pin: what the file has "
		  "there is accessible | an RDMA WRITE to pin 'p' offset 0 is refused" },
	{ "a packet of the write of a part is lost",
	  DEMAND "touch p+1K 4K write\n",
	  { .fault = ETIMEDOUT },
	  .want = "error\nline 4: pin 'p': the write" },

	{ "a pin on demand is refused a write",
	  DEMAND "unpin p\n",
	  { .refuses = 2, .only_later = true },
	  .want = "fail\n4 content.pin: what the file has there is accessible | an RDMA WRITE to "
		  "pin 'p' offset 0 is refused" },
	{ "a pin on demand is refused a hole that was there at first",
	  "file a 64K hole\nmap m a 0 64K shared r\n"
	  "pin p rdma-odp m 16K\nunpin p\n",
	  { .refuses = 1, .only_later = true },
	  .want = "fail\n4 content.pin: what the file has there is accessible | an RDMA READ of "
		  "pin 'p' offset 0 is refused" },

	{ "DMA in another file",
	  DMA "unpin p\ncheck b\n",
	  { .op = "punch", .harm = { BYTES_PATTERN, "b", 0x1fc0, 64, DEVICE, 7, 0xfc0 } },
	  .want = "fail\n7 content.dma: file 'b' offset 0x1fc0 generation 1 | file 'b' offset "
		  "0x1fc0 holds DMA of pin 'p' offset 0xfc0 generation 7 (64 bytes differ)\n"
		  "0 content.dma: file 'b' offset 0x1fc0 generation 1 | file 'b' offset "
		  "0x1fc0 holds DMA of pin 'p' offset 0xfc0 generation 7 (64 bytes differ)" },
	{ "DMA in another place of the file",
	  DMA "unpin p\ncheck m\n",
	  { .op = "punch", .harm = { BYTES_PATTERN, "a", 0xbfc0, 64, DEVICE, 7, 0xfc0 } },
	  .want = "fail\n7 content.dma: file 'a' offset 0xbfc0 generation 1 | mapping 'm' offset "
		  "0xbfc0 holds DMA of pin 'p' offset 0xfc0 generation 7 (64 bytes differ)\n"
		  "0 content.dma: file 'a' offset 0xbfc0 generation 1 | file 'a' offset "
		  "0xbfc0 holds DMA of pin 'p' offset 0xfc0 generation 7 (64 bytes differ)" },
	{ "DMA in the page of another pin",
	  FILE_A "pin q rdma m+32K 4K\npin p vmsplice m 16K\ncheck p\nunpin p\nunpin q\n",
	  { .look = { BYTES_PATTERN, NULL, 0xfc0, 64, DEVICE, 7, 0xfc0 } },
	  .want = "fail\n5 content.dma: file 'a' offset 0xfc0 generation 1 | pin 'p' offset 0xfc0 "
		  "holds DMA of pin 'q' offset 0xfc0 generation 7 (64 bytes differ)" },
	{ "DMA after other harm",
	  DMA "unpin p\ncheck m\n",
	  { .op = "punch",
	    .undone = true,
	    .harm = { BYTES_PATTERN, "a", 0xbfc0, 64, DEVICE, 7, 0xfc0 } },
	  .want = "fail\n7 content.dma: zeroes | mapping 'm' offset 0x8000 holds file 'a' offset "
		  "0x8000 generation 1; DMA of pin 'p' landed at offset 0xbfc0 (4160 bytes "
		  "differ)\n0 content.dma: zeroes | file 'a' offset 0x8000 holds file 'a' "
		  "offset 0x8000 generation 1; DMA of pin 'p' landed at offset 0xbfc0 (4160 "
		  "bytes differ)" },
};

const struct judge_table judge_content = { rows, ARRAY_SIZE(rows) };
