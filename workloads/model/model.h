/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of the device under test: files and their blocks, mappings, pins, waiting
 * operations, and the bytes that each of them must show. The host plays a scenario in it
 * to derive what must happen (derive.h); the agent keeps one in step with the kernel and
 * compares. Pure.
 *
 * A block is a range of one store that only grows; no range is given out twice. So a file,
 * another file that shares the block, a private copy or a pin still shows the bytes of its
 * block, and a block that the kernel gave to another file too early shows up as a mismatch.
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
	unsigned int origin; /* of pattern.h, from 1 */
	unsigned int gen;    /* last generation written */
	bool gone;	     /* unlinked */
	bool poisoned;	     /* one of its pages was poisoned: loads may fail */
	bool unsure;	     /* the result of an operation on it is unknown */
	uint64_t size;	     /* bytes */
	/* whole pages: PIECE_ZERO is a hole; PIECE_DATA a block, src its offset in the store */
	struct shadow blocks;
};

/* gen of a PIECE_DATA of blocks */
enum { BLOCK_WRITTEN, BLOCK_UNWRITTEN };

struct model_map {
	const char *name;
	struct model_file *file;
	uint64_t off, len; /* bytes */
	bool shared, writable, live;
	struct shadow copies; /* if private: PIECE_DATA is a copy in the store, else PIECE_BELOW */
};

struct model_pin {
	const char *name;
	const struct pin_info *info;
	unsigned int id; /* 0..126: its device writes as ORIGIN_PIN + id */
	struct model_map *map;
	struct model_file *file;
	uint64_t off, len; /* in the map, bytes */
	bool live;
	bool lost;	      /* it holds no pages and the file lost them: not judged */
	struct shadow blocks; /* its pages, as for a file; PIECE_ZERO: the zero page */
};

enum model_op_state {
	MODEL_OP_ENDED,
	MODEL_OP_WAITS,	  /* it must wait until the pins in its range are released */
	MODEL_OP_UNKNOWN, /* it may wait or have ended */
};

struct model_op {
	const char *name;
	const struct op_call *call;
	enum model_op_state state;
	int result; /* model_result() at its start */
	bool raced; /* another operation was changing its pages when it began */
};

struct model {
	struct shadow store;
	struct model_file files[MODEL_THINGS_MAX];
	struct model_map maps[MODEL_THINGS_MAX];
	struct model_pin pins[MODEL_THINGS_MAX];
	struct model_op ops[MODEL_THINGS_MAX];
	unsigned int nr_files, nr_maps, nr_pins, nr_ops;
	struct model_file device; /* of device-DAX mappings; its bytes are unknown */
	bool no_dma;		  /* the devices of pins write nothing */
};

void model_init(struct model *m);
void model_deinit(struct model *m);

/* NULL when none has that name. The file "devdax" is the device. */
struct model_file *model_file(struct model *m, const char *name);
struct model_map *model_map(struct model *m, const char *name);
struct model_pin *model_pin(struct model *m, const char *name);
struct model_op *model_op(struct model *m, const char *name);

/*
 * Add a thing, or replace the one of that name. NULL when MODEL_THINGS_MAX of that kind
 * exist. The first bytes written to the file have generation @gen + 1.
 */
struct model_file *model_add_file(struct model *m, const char *name, unsigned int origin,
				  unsigned int gen);
struct model_op *model_add_op(struct model *m, const char *name, const struct op_call *call);
struct model_map *model_add_map(struct model *m, const char *name, struct model_file *file,
				uint64_t off, uint64_t len, bool shared, bool writable);

/* Give a new file @size bytes: written with its next generation, as unwritten blocks, or
   as a hole. */
void model_file_write_new(struct model *m, struct model_file *f, uint64_t size);
void model_file_reserve(struct model *m, struct model_file *f, uint64_t size);
void model_file_extend(struct model *m, struct model_file *f, uint64_t size);
/* Gives @f the first @size bytes of @src, in new blocks or (@share) in the blocks of @src. */
void model_file_copy(struct model *m, struct model_file *f, struct model_file *src, uint64_t size,
		     bool share);

/* Write bytes of generation @gen: to @f by write(2), or by a store to @map. */
void model_file_write(struct model *m, struct model_file *f, uint64_t off, uint64_t len,
		      unsigned int gen);
void model_map_write(struct model *m, struct model_map *map, uint64_t off, uint64_t len,
		     unsigned int gen);

/* These bytes of @map or its file changed in an unknown way. */
void model_map_spoil(struct model *m, struct model_map *map, uint64_t off, uint64_t len);

/*
 * The kernel grants a pin @info on [off, off + len) of @map: first come its page faults
 * (a write fault unshares a block and fills a hole), then it holds the pages. From now on
 * its device, if any, writes. NULL when MODEL_THINGS_MAX pins exist.
 */
struct model_pin *model_add_pin(struct model *m, const char *name, const struct pin_info *info,
				unsigned int id, struct model_map *map, uint64_t off, uint64_t len);

/* Releases @p; @gen is the last generation that its device wrote. */
void model_drop_pin(struct model *m, struct model_pin *p, unsigned int gen);

/* The process of @p ended and released it: the last generation its device wrote is unknown. */
void model_lose_pin(struct model *m, struct model_pin *p);

/* The filesystem is made anew: no file is left, and who holds a page keeps it. */
void model_make_anew(struct model *m);

/* Removes a mapping; its private copies stay for the pins that hold them. */
void model_drop_map(struct model *m, struct model_map *map);

/* Applies @call, which succeeded; @gen is the generation of the bytes of a write. */
void model_apply(struct model *m, const struct op_call *call, unsigned int gen);

/*
 * The result of @call with its arguments, if it is carried out now: 0, an errno, or
 * MODEL_EITHER when the result is not certain.
 */
#define MODEL_EITHER (-1)
int model_result(struct model *m, const struct op_call *call);

/* Whether the program wrote each page of the range: none is a hole or unwritten. */
bool model_is_written(const struct model_file *f, uint64_t off, uint64_t len);

/* Whether @other, which has not ended, changes pages that @call accesses through a mapping. */
bool model_races(struct model *m, const struct op_call *call, const struct op_call *other);

/*
 * Fill @out with the bytes that @f, @map or @p must show now. Lanes of a device that still
 * writes are PIECE_DMA. The caller calls shadow_deinit() on @out.
 */
void model_file_bytes(const struct model *m, const struct model_file *f, struct shadow *out);
void model_map_bytes(const struct model *m, const struct model_map *map, struct shadow *out);
void model_pin_bytes(const struct model *m, const struct model_pin *p, struct shadow *out);

/* Whether @p must show @data, @p->len bytes: model_pin_bytes() and a check, without a copy. */
bool model_pin_shows(const struct model *m, const struct model_pin *p, const void *data);

/*
 * A live pin that holds a block of @f in the range, or NULL. With @decides only a pin
 * that was taken through a mapping of @f itself, or whose block no other file has (when a
 * copy on write took the block from the file through which it was pinned).
 */
const struct model_pin *model_pinned(const struct model *m, const struct model_file *f,
				     uint64_t off, uint64_t len, bool decides);

/*
 * What an access to page @off of @map meets now that does not hold the page: the bytes
 * of model_map_bytes(), if there are any.
 */
enum model_access {
	MODEL_ACCESS_ANY,   /* unknown */
	MODEL_ACCESS_FAILS, /* it is beyond the end of the file */
	MODEL_ACCESS_HOLE,  /* zeroes: a hole or an unwritten block */
	MODEL_ACCESS_READS,
	MODEL_ACCESS_WRITES, /* as READS; writing the same bytes again changes nothing */
};

enum model_access model_access(const struct model *m, const struct model_map *map, uint64_t off);

/* The least enum model_access of all pages of [off, off + len) of @map. */
enum model_access model_access_least(const struct model *m, const struct model_map *map,
				     uint64_t off, uint64_t len);

/* The range of *@f that @call changes: the contract is about the pins in that range. */
void model_call_range(struct model *m, const struct op_call *call, struct model_file **f,
		      uint64_t *off, uint64_t *len);

/* What the contract (KERNEL.md section 2) allows @call to do if it is started now. */
struct model_verdict {
	bool may_return; /* at least one of the two is set */
	bool may_wait;
	const struct model_pin *because; /* the pin that makes it wait, or NULL */
	const char *why;		 /* static: "a page in its range is held" */
};

struct model_verdict model_predict(struct model *m, const struct op_call *call);

#endif
