/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/domain-xml.h"

#include <inttypes.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlsave.h>
#include <string.h>

#define QEMU_NS "http://libvirt.org/schemas/domain/qemu/1.0"

static void free_doc(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

static xmlNode *add(xmlNode *parent, const char *name)
{
	return xmlNewChild(parent, NULL, BAD_CAST name, NULL);
}

static xmlNode *add_text(xmlNode *parent, const char *name, const char *text)
{
	return xmlNewTextChild(parent, NULL, BAD_CAST name, BAD_CAST text);
}

static void set(xmlNode *node, const char *name, const char *value)
{
	xmlNewProp(node, BAD_CAST name, BAD_CAST value);
}

static void set_number(xmlNode *node, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	set(node, name, text);
}

static xmlNode *add_kind(xmlNode *parent, const char *name, const char *attr, const char *value)
{
	xmlNode *node = add(parent, name);

	set(node, attr, value);
	return node;
}

static xmlNode *add_bytes(xmlNode *parent, const char *name, uint64_t bytes)
{
	char text[24];
	xmlNode *node;

	snprintf(text, sizeof(text), "%" PRIu64, bytes);
	node = add_text(parent, name, text);
	set(node, "unit", "b");
	return node;
}

/* With a fixed slot on the root bus, libvirt adds no bridge for each device. */
static void set_pci_slot(xmlNode *node, const char *slot)
{
	xmlNode *address = add_kind(node, "address", "type", "pci");

	set(address, "domain", "0x0000");
	set(address, "bus", "0x00");
	set(address, "slot", slot);
	set(address, "function", "0x0");
}

static void add_memory(xmlNode *root, const struct domain_spec *spec)
{
	uint64_t max = spec->memory;
	xmlNode *node;

	for (size_t i = 0; i < spec->nvdimm_count; i++)
		max += spec->nvdimms[i].size;
	if (spec->nvdimm_count) {
		node = add_bytes(root, "maxMemory", max);
		set_number(node, "slots", spec->nvdimm_count);
	}
	add_bytes(root, "memory", max);
	if (spec->ram_shared) {
		node = add(root, "memoryBacking");
		add_kind(node, "source", "type", "file");
		add_kind(node, "access", "mode", "shared");
	}
}

static void add_vcpus(xmlNode *root, unsigned int vcpus)
{
	char text[24];

	snprintf(text, sizeof(text), "%u", vcpus);
	add_text(root, "vcpu", text);
}

static void add_boot(xmlNode *root, const struct domain_spec *spec)
{
	xmlNode *os = add(root, "os");
	xmlNode *type = add_text(os, "type", "hvm");

	set(type, "arch", spec->arch->name);
	set(type, "machine", spec->arch->machine);
	add_text(os, "kernel", spec->kernel);
	if (spec->initrd)
		add_text(os, "initrd", spec->initrd);
	if (spec->cmdline)
		add_text(os, "cmdline", spec->cmdline);
}

/* Memory devices need a NUMA node to belong to. */
static void add_cpu(xmlNode *root, const struct domain_spec *spec)
{
	bool kvm = spec->accel == DOMAIN_ACCEL_KVM;
	xmlNode *features = add(root, "features");
	xmlNode *cpu, *cell;
	char range[32];

	for (const char *const *f = spec->arch->features; *f; f++)
		add(features, *f);
	set(add(features, "vmcoreinfo"), "state", "on");
	cpu = add_kind(root, "cpu", "mode", kvm ? "host-passthrough" : "maximum");
	for (const char *const *f = spec->arch->slow; *f && !kvm; f++)
		set(add_kind(cpu, "feature", "policy", "disable"), "name", *f);
	snprintf(range, sizeof(range), "0-%u", spec->vcpus - 1);
	cell = add_kind(add(cpu, "numa"), "cell", "id", "0");
	set(cell, "cpus", spec->vcpus > 1 ? range : "0");
	set_number(cell, "memory", spec->memory);
	set(cell, "unit", "b");
}

static void add_fate(xmlNode *root)
{
	add_text(root, "on_poweroff", "destroy");
	add_text(root, "on_reboot", "destroy");
	add_text(root, "on_crash", "preserve");
}

static void add_console(xmlNode *devices, const struct domain_spec *spec)
{
	xmlNode *serial = add_kind(devices, "serial", "type", "file");
	xmlNode *node = add_kind(serial, "source", "path", spec->console);

	set(node, "append", "off");
	node = add_kind(serial, "target", "type", spec->arch->serial);
	set(node, "port", "0");
}

static void add_channel(xmlNode *devices, const char *path)
{
	xmlNode *node = add_kind(devices, "controller", "type", "virtio-serial");

	set(node, "index", "0");
	set(node, "model", "virtio-non-transitional");
	set_pci_slot(node, "0x02");

	node = add_kind(devices, "channel", "type", "unix");
	set(add_kind(node, "source", "mode", "bind"), "path", path);
	set(add_kind(node, "target", "type", "virtio"), "name", DOMAIN_CHANNEL_NAME);
}

static void add_nvdimm(xmlNode *devices, const struct domain_nvdimm *nvdimm)
{
	xmlNode *memory = add_kind(devices, "memory", "model", "nvdimm");
	xmlNode *source, *target;

	set(memory, "access", "shared");
	source = add(memory, "source");
	add_text(source, "path", nvdimm->path);
	if (nvdimm->align)
		add_bytes(source, "alignsize", nvdimm->align);
	/* Without it libvirt makes QEMU touch every page, and a sparse file becomes allocated. */
	add(source, "pmem");
	target = add(memory, "target");
	add_bytes(target, "size", nvdimm->size);
	add_text(target, "node", "0");
	if (nvdimm->label_size)
		add_bytes(add(target, "label"), "size", nvdimm->label_size);
}

static void add_devices(xmlNode *root, const struct domain_spec *spec)
{
	xmlNode *devices = add(root, "devices");
	xmlNode *node;

	if (spec->emulator)
		add_text(devices, "emulator", spec->emulator);
	set(add_kind(devices, "controller", "type", "usb"), "model", "none");
	add_console(devices, spec);
	if (spec->channel)
		add_channel(devices, spec->channel);
	add_kind(devices, "memballoon", "model", "none");
	node = add_kind(devices, "rng", "model", "virtio-non-transitional");
	set(xmlNewTextChild(node, NULL, BAD_CAST "backend", BAD_CAST "/dev/urandom"), "model",
	    "random");
	set_pci_slot(node, "0x03");
	for (size_t i = 0; i < spec->nvdimm_count; i++)
		add_nvdimm(devices, &spec->nvdimms[i]);
}

static void add_qemu_arg(xmlNode *commandline, const char *value)
{
	xmlNode *arg = xmlNewChild(commandline, commandline->ns, BAD_CAST "arg", NULL);

	set(arg, "value", value);
}

static void add_gdb(xmlNode *root, const char *path)
{
	xmlNs *ns = xmlNewNs(root, BAD_CAST QEMU_NS, BAD_CAST "qemu");
	xmlNode *commandline = xmlNewChild(root, ns, BAD_CAST "commandline", NULL);
	_cleanup_buf_ struct buf value = BUF_INIT;

	buf_adds(&value, "unix:path=");
	for (; *path; path++) {
		if (*path == ',')
			buf_addc(&value, ',');
		buf_addc(&value, *path);
	}
	buf_adds(&value, ",server=on,wait=off");
	add_qemu_arg(commandline, "-gdb");
	add_qemu_arg(commandline, buf_str(&value));
}

/* Rejects text that libxml2 would write but libvirt could not read. */
static struct err *check_text(const char *what, const char *text)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;

	if (!text)
		return NULL;
	for (const char *s = text; *s; s++)
		if ((unsigned char)*s < ' ' && *s != '\t')
			goto bad;
	if (xmlCheckUTF8((const unsigned char *)text))
		return NULL;
bad:
	buf_add_escaped(&shown, text, strlen(text), 100);
	return err_create(ERR_INFRA, "cannot describe the guest: its %s '%s' %s", what,
			  buf_str(&shown), "holds bytes that XML cannot carry");
}

static struct err *check_spec(const struct domain_spec *spec)
{
	const struct {
		const char *what, *text;
		bool needed;
	} texts[] = {
		{ "name", spec->name, true },
		{ "uuid", spec->uuid, false },
		{ "emulator", spec->emulator, false },
		{ "kernel", spec->kernel, true },
		{ "initrd", spec->initrd, false },
		{ "command line", spec->cmdline, false },
		{ "console file", spec->console, true },
		{ "channel socket", spec->channel, false },
		{ "gdb socket", spec->gdb, false },
	};
	struct err *err = NULL;

	if (!spec->arch)
		err = err_create(ERR_INFRA, "cannot describe the guest: it has no architecture");
	for (size_t i = 0; !err && i < ARRAY_SIZE(texts); i++) {
		if (texts[i].needed && !texts[i].text)
			err = err_create(ERR_INFRA, "cannot describe the guest: it has no %s",
					 texts[i].what);
		else
			err = check_text(texts[i].what, texts[i].text);
	}
	for (size_t i = 0; !err && i < spec->nvdimm_count; i++)
		err = check_text("nvdimm file", spec->nvdimms[i].path);
	if (!err && (!spec->vcpus || !spec->memory))
		err = err_create(ERR_INFRA, "cannot describe the guest: it has no %s",
				 spec->vcpus ? "memory" : "processor");
	return err;
}

struct err *domain_xml_build(const struct domain_spec *spec, char **xml)
{
	_cleanup_(free_doc) xmlDoc *doc = NULL;
	struct err *err = check_spec(spec);
	xmlNode *root;
	xmlChar *text = NULL;
	int len;

	if (err)
		return err;
	doc = xmlNewDoc(BAD_CAST "1.0");
	root = xmlNewNode(NULL, BAD_CAST "domain");
	xmlDocSetRootElement(doc, root);
	set(root, "type", spec->accel == DOMAIN_ACCEL_KVM ? "kvm" : "qemu");
	add_text(root, "name", spec->name);
	if (spec->uuid)
		add_text(root, "uuid", spec->uuid);
	add_memory(root, spec);
	add_vcpus(root, spec->vcpus);
	add_boot(root, spec);
	add_cpu(root, spec);
	add_fate(root);
	add_devices(root, spec);
	if (spec->gdb)
		add_gdb(root, spec->gdb);
	xmlDocDumpFormatMemoryEnc(doc, &text, &len, "UTF-8", 1);
	if (!text)
		return err_create(ERR_INFRA, "cannot describe the guest: out of memory");
	*xml = xstrndup((const char *)text, (size_t)len);
	xmlFree(text);
	return NULL;
}

char *domain_xml_emulator(const char *caps)
{
	_cleanup_(free_doc) xmlDoc *doc = xmlReadMemory(caps, (int)strlen(caps), NULL, NULL,
							XML_PARSE_NONET | XML_PARSE_NOERROR |
								XML_PARSE_NOWARNING);
	xmlNode *node = doc ? xmlDocGetRootElement(doc) : NULL;
	xmlChar *text;
	char *path;

	for (node = node ? node->children : NULL; node; node = node->next)
		if (!xmlStrcmp(node->name, BAD_CAST "path"))
			break;
	text = node ? xmlNodeGetContent(node) : NULL;
	if (!text)
		return NULL;
	path = xstrdup((const char *)text);
	xmlFree(text);
	return path;
}

const char *domain_xml_version(void)
{
	return LIBXML_DOTTED_VERSION;
}
