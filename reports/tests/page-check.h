/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What holds of every page: it is XML, has only elements and attributes that cannot run
 * anything, says what its tables and their heads are, and each of its links leads to a file.
 * Include cmocka.h first.
 */
#ifndef REPORTS_TESTS_PAGE_CHECK_H
#define REPORTS_TESTS_PAGE_CHECK_H

#include <string.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/files.h"

struct page_check {
	const char *path;   /* for messages */
	const char *folder; /* of the page, to follow its links; NULL: do not */
	unsigned int mains, h1s, tables, links;
};

static inline bool page_word_in(const char *const *list, const xmlChar *word)
{
	for (; *list; list++)
		if (strcmp(*list, (const char *)word) == 0)
			return true;
	return false;
}

static inline bool page_has(const xmlNode *n, const char *attribute)
{
	return xmlHasProp((xmlNode *)n, (const xmlChar *)attribute);
}

static inline void page_check_link(struct page_check *p, const char *url)
{
	_cleanup_free_ char *path = NULL, *file = NULL;

	if (*url == '#')
		return;
	p->links++;
	/* a colon before the first slash is a scheme; two slashes begin a host */
	if (strcspn(url, ":") < strcspn(url, "/") || *url == '/')
		fail_msg("%s: link '%s' leaves the site", p->path, url);
	if (!p->folder)
		return;
	file = xstrndup(url, strcspn(url, "#"));
	path = xasprintf("%s/%s", p->folder, file);
	if (!path_exists(path))
		fail_msg("%s: link '%s' leads nowhere", p->path, url);
}

static inline void page_check_attributes(struct page_check *p, const xmlNode *n)
{
	static const char *const allowed[] = {
		"lang",	 "charset", "name",	  "content",	     "rel",  "http-equiv", "href",
		"class", "id",	    "aria-label", "aria-labelledby", "role", "tabindex",   "scope",
		"style", "title",   NULL
	};

	for (const xmlAttr *a = n->properties; a; a = a->next) {
		xmlChar *value = xmlNodeListGetString(n->doc, a->children, 1);
		const char *text = value ? (const char *)value : "";

		if (!page_word_in(allowed, a->name))
			fail_msg("%s: attribute '%s' of '%s'", p->path, a->name, n->name);
		if (strcmp((const char *)a->name, "href") == 0)
			page_check_link(p, text);
		if (strcmp((const char *)a->name, "style") == 0 &&
		    (strncmp(text, "flex-grow:", 10) || text[10 + strspn(text + 10, "0123456789")]))
			fail_msg("%s: style '%s'", p->path, text);
		xmlFree(value);
	}
}

static inline void page_check_node(struct page_check *p, const xmlNode *n)
{
	static const char *const allowed[] = {
		"html",	 "head",    "meta",  "title",	"link",	 "style", "body",    "a",
		"nav",	 "header",  "main",  "section", "div",	 "h1",	  "h2",	     "h3",
		"p",	 "dl",	    "dt",    "dd",	"ul",	 "li",	  "pre",     "code",
		"span",	 "strong",  "b",     "i",	"small", "br",	  "details", "summary",
		"table", "caption", "thead", "tbody",	"tr",	 "th",	  "td",	     NULL
	};

	if (n->type != XML_ELEMENT_NODE)
		return;
	if (!page_word_in(allowed, n->name))
		fail_msg("%s: element '%s'", p->path, n->name);
	page_check_attributes(p, n);
	p->mains += strcmp((const char *)n->name, "main") == 0;
	p->h1s += strcmp((const char *)n->name, "h1") == 0;
	if (strcmp((const char *)n->name, "th") == 0 && !page_has(n, "scope"))
		fail_msg("%s: a head without a scope", p->path);
	if (strcmp((const char *)n->name, "table") == 0) {
		const xmlNode *first = xmlFirstElementChild((xmlNode *)n);

		p->tables++;
		if (!first || strcmp((const char *)first->name, "caption") != 0)
			fail_msg("%s: a table without a caption", p->path);
		if (!page_has(n->parent, "tabindex") || !page_has(n->parent, "aria-label"))
			fail_msg("%s: a table outside a box that keys can scroll", p->path);
	}
	for (const xmlNode *c = n->children; c; c = c->next)
		page_check_node(p, c);
}

/* Checks @len bytes of a page. */
static inline void page_check(struct page_check *p, const char *text, size_t len)
{
	xmlDoc *doc = xmlReadMemory(text, (int)len, "page", "UTF-8",
				    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
					    XML_PARSE_HUGE);
	const xmlNode *root;

	if (!doc)
		fail_msg("%s: not XML: %s", p->path,
			 xmlGetLastError() ? xmlGetLastError()->message : "");
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t') ||
		    text[i] == 0x7f)
			fail_msg("%s: byte %#x at %zu", p->path, text[i], i);
	root = xmlDocGetRootElement(doc);
	if (!page_has(root, "lang"))
		fail_msg("%s: no language", p->path);
	page_check_node(p, root);
	if (p->mains != 1 || p->h1s != 1)
		fail_msg("%s: %u main, %u h1", p->path, p->mains, p->h1s);
	xmlFreeDoc(doc);
}

#endif
