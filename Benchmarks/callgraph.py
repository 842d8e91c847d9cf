"""Reads what callgrind writes: the cost of each function itself, and of the calls from one to another."""
import collections, re

Graph = collections.namedtuple("Graph", "own calls")
NAMED = re.compile(r"\((\d+)\)(?: (.*))?")


def read(path):
    """Graph(own: {function: cost}, calls: {(caller, callee): cost with all that the callee called}).

    A function is (object file, name). The format: https://valgrind.org/docs/manual/cl-format.html
    """
    names = {"ob": {}, "fn": {}}
    own, calls = collections.Counter(), collections.Counter()
    here = there = called_object = file = None
    is_call = False
    with open(path) as lines:
        for line in lines:
            key, equals, rest = line.partition("=")
            if equals and key in ("ob", "cob", "fn", "cfn"):
                number, name = NAMED.match(rest.rstrip("\n")).groups()
                table = names[key[-2:]]
                if name is not None:
                    # Recursion is told apart by 'N, a file by its folder.
                    table[number] = re.sub(r"'\d+$", "", name) if key[-2:] == "fn" else name.rsplit("/", 1)[-1]
                name = table[number]
                if key == "ob":
                    file = name
                elif key == "cob":
                    called_object = name
                elif key == "fn":
                    here = (file, name)
                else:
                    there, called_object = (called_object or file, name), None
            elif line.startswith("calls="):
                is_call = True
            elif here and (line[0].isdigit() or line[0] in "+-*"):
                cost = int(line.split()[1])
                if is_call:
                    calls[here, there] += cost
                    is_call = False
                else:
                    own[here] += cost
    return Graph(own, calls)


def difference(more, less, count):
    """What `count` more requests cost, for one: the start is in both and falls out."""
    own = {function: (cost - less.own[function]) / count for function, cost in more.own.items()}
    calls = {call: max(0, cost - less.calls[call]) / count for call, cost in more.calls.items()}
    return Graph(own, calls)


def shares(graph, part):
    """{function: {part: share}}: a function that is nobody's (`part` is None) belongs to those that call it, as far as
    each calls it; its callers may be nobody's too, so this is repeated until it has passed through all of them."""
    callers = collections.defaultdict(list)
    for (caller, callee), cost in graph.calls.items():
        if part(callee) is None and caller != callee and cost > 0:
            callers[callee].append((caller, cost))
    result = {function: {part(function): 1.0} for function in graph.own if part(function)}
    for _ in range(40):
        for function, edges in callers.items():
            mixed = collections.Counter()
            for caller, cost in edges:
                for name, share in result.get(caller, {}).items():
                    mixed[name] += share * cost
            total = sum(mixed.values())
            if total:
                result[function] = {name: cost / total for name, cost in mixed.items()}
    return result
