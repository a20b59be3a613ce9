/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device under test as it has to be: files and the blocks beneath them, mappings,
 * pins, operations that wait, and the bytes that every one of them must show. The host
 * plays a scenario through it to derive what must happen (derive.h), the agent keeps one
 * beside the kernel and compares. Pure.
 *
 * A block is a range of one store that only grows: no address is handed out twice, so
 * whoever holds a block, a file, a second file that shares it, a private copy or a pin,
 * goes on seeing its bytes, and what the kernel gave to somebody else meanwhile is seen.
 */
#ifndef WORKLOADS_MODEL_MODEL_H
#define WORKLOADS_MODEL_MODEL_H

#include "workloads/ops/operation.h"
#include "workloads/lang/pin-info.h"
#include "workloads/model/shadow.h"

#define MODEL_THINGS_MAX 64
#define MODEL_PAGE PAGE

struct model_file {
	const char *name;    /* borrowed from the scenario, as all names here */
	unsigned int origin; /* of pattern.h, 1.. */
	unsigned int gen;    /* last generation written */
	bool gone;	     /* unlinked */
	bool poisoned;	     /* a page of it was: loads may fail */
	bool unsure;	     /* nobody knows what an operation on it came to */
	uint64_t size;	     /* bytes */
	/* whole pages: PIECE_ZERO a hole; PIECE_DATA a block, src its place in the store */
	struct shadow blocks;
};

/* gen of a PIECE_DATA of blocks */
enum { BLOCK_WRITTEN, BLOCK_UNWRITTEN };

struct model_map {
	const char *name;
	struct model_file *file;
	uint64_t off, len; /* bytes */
	bool shared, writable, live;
	struct shadow copies; /* private: PIECE_DATA a copy in the store, else PIECE_BELOW */
};

struct model_pin {
	const char *name;
	const struct pin_info *info;
	unsigned int id; /* 0..126: its device writes as ORIGIN_PIN + id */
	struct model_map *map;
	struct model_file *file;
	uint64_t off, len; /* in the map, bytes */
	bool live;
	bool lost;	      /* holds nothing, and its pages were taken away: not judged */
	struct shadow blocks; /* what it holds: as a file's; PIECE_ZERO: the zero page */
};

enum model_op_state {
	MODEL_OP_ENDED,
	MODEL_OP_WAITS,	  /* it must, until the pins in its range are gone */
	MODEL_OP_UNKNOWN, /* it may wait, or be over */
};

struct model_op {
	const char *name;
	const struct op_call *call;
	enum model_op_state state;
	int result; /* model_result() when it began */
	bool raced; /* a store that began while another operation changed its pages */
};

struct model {
	struct shadow store;
	struct model_file files[MODEL_THINGS_MAX];
	struct model_map maps[MODEL_THINGS_MAX];
	struct model_pin pins[MODEL_THINGS_MAX];
	struct model_op ops[MODEL_THINGS_MAX];
	unsigned int nr_files, nr_maps, nr_pins, nr_ops;
	struct model_file device; /* beneath device-DAX mappings: bytes nobody knows */
};

void model_init(struct model *m);
void model_deinit(struct model *m);

/* NULL when there is none of that name. "devdax" is the device. */
struct model_file *model_file(struct model *m, const char *name);
struct model_map *model_map(struct model *m, const char *name);
struct model_pin *model_pin(struct model *m, const char *name);
struct model_op *model_op(struct model *m, const char *name);

/*
 * Things come to be. A name that was there before is made anew. At most
 * MODEL_THINGS_MAX of a kind: NULL when there are more. Bytes of a file begin behind @gen.
 */
struct model_file *model_add_file(struct model *m, const char *name, unsigned int origin,
				  unsigned int gen);
struct model_op *model_add_op(struct model *m, const char *name, const struct op_call *call);
struct model_map *model_add_map(struct model *m, const char *name, struct model_file *file,
				uint64_t off, uint64_t len, bool shared, bool writable);

/* The file's pages from 0 to @size: blocks with bytes of its next generation; or unwritten;
   or none. */
void model_file_write_new(struct model *m, struct model_file *f, uint64_t size);
void model_file_reserve(struct model *m, struct model_file *f, uint64_t size);
void model_file_extend(struct model *m, struct model_file *f, uint64_t size);
/* The first @size bytes of @src, in blocks of its own, or (@share) in the same. */
void model_file_copy(struct model *m, struct model_file *f, struct model_file *src, uint64_t size,
		     bool share);

/* Bytes of generation @gen are written to @f by write(2); or through @map. */
void model_file_write(struct model *m, struct model_file *f, uint64_t off, uint64_t len,
		      unsigned int gen);
void model_map_write(struct model *m, struct model_map *map, uint64_t off, uint64_t len,
		     unsigned int gen);

/* Somebody changed these bytes of @map or its file: nobody can say how. */
void model_map_spoil(struct model *m, struct model_map *map, uint64_t off, uint64_t len);

/*
 * A pin of @info's kind is granted at [off, off + len) of @map: the faults it takes come
 * first (a write fault ends sharing, and a hole gets its block), then it holds the pages.
 * From now on its device, if it has one, writes.
 */
struct model_pin *model_add_pin(struct model *m, const char *name, const struct pin_info *info,
				unsigned int id, struct model_map *map, uint64_t off, uint64_t len);

/* It lets go; @gen is the generation its device wrote last. */
void model_drop_pin(struct model *m, struct model_pin *p, unsigned int gen);

/* Its process ended with it: what its device wrote last nobody saw. */
void model_lose_pin(struct model *m, struct model_pin *p);

/* A mapping goes; what it copied stays for the pins that hold it. */
void model_drop_map(struct model *m, struct model_map *map);

/* @call succeeded; @gen is the generation of a write's bytes. */
void model_apply(struct model *m, const struct op_call *call, unsigned int gen);

/*
 * What @call, carried out now, earns with its arguments: 0, an errno, or MODEL_EITHER
 * when that cannot be said.
 */
#define MODEL_EITHER (-1)
int model_result(struct model *m, const struct op_call *call);

/* Whether @other, which has not ended, changes pages that @call, through a mapping, meets. */
bool model_races(struct model *m, const struct op_call *call, const struct op_call *other);

/*
 * The bytes that @f, @map, @p must show now. Lanes of a device that still writes are
 * PIECE_DMA. shadow_deinit() @out.
 */
void model_file_bytes(const struct model *m, const struct model_file *f, struct shadow *out);
void model_map_bytes(const struct model *m, const struct model_map *map, struct shadow *out);
void model_pin_bytes(const struct model *m, const struct model_pin *p, struct shadow *out);

/* Whether @data, @p->len bytes, is what @p must show: the same, and nothing is copied. */
bool model_pin_shows(const struct model *m, const struct model_pin *p, const void *data);

/*
 * A living pin that holds pages and stands on a block of @f in the range; with @decides
 * only one that was taken through a mapping of @f itself, or whose block no other file
 * has (any more: a copy on write took it from the file that it was pinned through). NULL:
 * none.
 */
const struct model_pin *model_pinned(const struct model *m, const struct model_file *f,
				     uint64_t off, uint64_t len, bool decides);

/*
 * What whoever sees page @off of @map without holding it meets there now: the bytes of
 * model_map_bytes(), where there are any.
 */
enum model_access {
	MODEL_ACCESS_ANY,   /* nobody can say */
	MODEL_ACCESS_FAILS, /* behind the end of the file */
	MODEL_ACCESS_HOLE,  /* zeroes, nothing or an unwritten block beneath them */
	MODEL_ACCESS_READS,
	MODEL_ACCESS_WRITES, /* and to write the same bytes again changes nothing */
};

enum model_access model_access(const struct model *m, const struct model_map *map, uint64_t off);

/* The least of what the pages of [off, off + len) of @map grant. */
enum model_access model_access_least(const struct model *m, const struct model_map *map,
				     uint64_t off, uint64_t len);

/* The pages of @f that @call changes: the range whose pins the contract speaks of. */
void model_call_range(struct model *m, const struct op_call *call, struct model_file **f,
		      uint64_t *off, uint64_t *len);

/* What the contract (KERNEL.md section 2) says of @call, started now. */
struct model_verdict {
	bool may_return; /* one of the two at least */
	bool may_wait;
	const struct model_pin *because; /* the pin that makes it wait, or NULL */
	const char *why;		 /* static: "a page in its range is held" */
};

struct model_verdict model_predict(struct model *m, const struct op_call *call);

#endif
