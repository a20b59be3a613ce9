/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns the description of a guest into libvirt's domain XML. Pure; the only owner of
 * libxml2. Pass strings unescaped: libxml2 escapes them, and a comma, which QEMU would
 * read as the end of a value, is doubled here.
 */
#ifndef RIG_DOMAIN_XML_H
#define RIG_DOMAIN_XML_H

#include "base/arch.h"
#include "base/buf.h"
#include "base/err.h"

/* The name of the virtio-serial port, by which the agent finds its channel. */
#define DOMAIN_CHANNEL_NAME "org.daxrig.agent.0"

enum domain_accel {
	DOMAIN_ACCEL_TCG,
	DOMAIN_ACCEL_KVM,
};

struct domain_nvdimm {
	const char *path;    /* backing file; it exists and is @size bytes long */
	uint64_t size;	     /* bytes, the label area included */
	uint64_t label_size; /* bytes at the end of the file; 0: no labels */
	uint64_t align;	     /* bytes; 0: QEMU's choice */
};

/* Borrowed strings; absolute paths. NULL is allowed only where it says so. */
struct domain_spec {
	const char *name;
	const char *uuid;     /* NULL: libvirt makes one */
	const char *emulator; /* NULL: libvirt's choice */
	const struct arch *arch;
	enum domain_accel accel;
	unsigned int vcpus;
	uint64_t memory; /* bytes of RAM, a multiple of 1 MiB */
	bool ram_shared; /* RAM is a file in libvirt's memory_backing_dir */
	const char *kernel;
	const char *initrd;  /* NULL: none */
	const char *cmdline; /* NULL: empty */
	const char *console; /* file, truncated at start */
	const char *channel; /* socket QEMU listens on; NULL: no channel */
	const char *gdb;     /* socket of QEMU's gdbstub; NULL: none */
	const struct domain_nvdimm *nvdimms;
	size_t nvdimm_count;
};

/*
 * Sets *@xml to the domain XML; free() it. Fails with ERR_INFRA when a needed
 * value is missing, is not UTF-8 or holds characters that XML cannot carry.
 */
struct err *domain_xml_build(const struct domain_spec *spec, char **xml) __must_check;

/*
 * The emulator named by libvirt's domain capabilities @caps (XML); free() it.
 * NULL when there is none or @caps does not parse.
 */
char *domain_xml_emulator(const char *caps);

/* The version of libxml2, "2.9.14"; a static string. */
const char *domain_xml_version(void);

#endif
