namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What must hold of a graph that nothing is changing; for tests and audits.</summary>
public static unsafe class HnswInvariants
{
    /// <summary>Checks a graph against the ordinals that should be its nodes.</summary>
    /// <param name="graph">The graph; nothing inserts or removes meanwhile, and reachability was repaired after the last insertion.</param>
    /// <param name="liveOrdinals">Every ordinal that should be a node.</param>
    /// <returns>What is violated, one sentence each; empty when all is well.</returns>
    public static IReadOnlyList<string> Check(HnswGraph graph, IReadOnlyCollection<uint> liveOrdinals)
    {
        var violations = new List<string>();
        var live = new HashSet<uint>(liveOrdinals);
        CheckNodes(graph, live, violations);
        var entry = graph.Entry;
        if (live.Count == 0)
        {
            if (!entry.IsNone)
            {
                violations.Add($"the graph is empty but has entry point {entry.Ordinal}");
            }

            return violations;
        }

        if (entry.IsNone || !graph.Contains(entry.Ordinal))
        {
            violations.Add($"entry point {entry.Ordinal} is not a node");
            return violations;
        }

        if (graph.Headers[entry.Ordinal].Level != entry.Level)
        {
            violations.Add($"entry point {entry.Ordinal} is on level {graph.Headers[entry.Ordinal].Level}, noted as {entry.Level}");
        }

        foreach (var ordinal in live.Where(ordinal => graph.Contains(ordinal)))
        {
            if (graph.Headers[ordinal].Level > entry.Level)
            {
                violations.Add($"node {ordinal} is on level {graph.Headers[ordinal].Level}, above the entry point's {entry.Level}");
            }

            for (var level = 0; level <= graph.Headers[ordinal].Level; level++)
            {
                CheckList(graph, ordinal, level, violations);
            }
        }

        if (violations.Count == 0)
        {
            CheckReachability(graph, live, violations);
        }

        return violations;
    }

    /// <summary>How many nodes a search can come to on the lowest level; all of <see cref="HnswGraph.Count"/> when none is lost.</summary>
    /// <param name="graph">The graph; nothing inserts or removes meanwhile.</param>
    public static long CountReachable(HnswGraph graph)
    {
        var entry = graph.Entry;
        return entry.IsNone ? 0 : ReachedOn(graph, entry.Ordinal, level: 0).Count;
    }

    private static void CheckNodes(HnswGraph graph, HashSet<uint> live, List<string> violations)
    {
        if (graph.Count != live.Count)
        {
            violations.Add($"the graph counts {graph.Count} nodes, {live.Count} should live");
        }

        foreach (var ordinal in live)
        {
            if (!graph.Contains(ordinal))
            {
                violations.Add($"ordinal {ordinal} should be a node");
            }
            else if (graph.Headers[ordinal].Level != graph.LevelOf(ordinal))
            {
                violations.Add($"node {ordinal} is on level {graph.Headers[ordinal].Level}, its hash says {graph.LevelOf(ordinal)}");
            }
        }

        for (uint ordinal = 0; ordinal < graph.OrdinalsEnd; ordinal++)
        {
            if (graph.StateOf(ordinal) != NodeState.Absent && !live.Contains(ordinal))
            {
                violations.Add($"ordinal {ordinal} is in state {graph.StateOf(ordinal)} but should not be a node");
            }
        }
    }

    private static void CheckList(HnswGraph graph, uint ordinal, int level, List<string> violations)
    {
        var max = graph.Options.LinksMax(level);
        var list = graph.List(ordinal, level);
        var count = HnswGraph.LinkCount(list, max);
        for (var i = count; i < max; i++)
        {
            if (list[i] != HnswGraph.NoLink)
            {
                violations.Add($"node {ordinal} level {level}: link {list[i]} in slot {i} behind the end at {count}");
            }
        }

        var seen = new HashSet<uint>();
        for (var i = 0; i < count; i++)
        {
            var link = list[i];
            var fault =
                link == ordinal ? "to itself"
                : !graph.Contains(link) ? "to what is no node"
                : graph.Headers[link].Level < level ? "to a node that is not on this level"
                : !seen.Add(link) ? "twice"
                : null;
            if (fault is not null)
            {
                violations.Add($"node {ordinal} level {level}: links {fault}, {link} in slot {i}");
            }
        }
    }

    private static void CheckReachability(HnswGraph graph, HashSet<uint> live, List<string> violations)
    {
        var entry = graph.Entry;
        for (var level = entry.Level; level >= 0; level--)
        {
            var reached = ReachedOn(graph, entry.Ordinal, level);
            foreach (var ordinal in live)
            {
                if (graph.Headers[ordinal].Level >= level && !reached.Contains(ordinal))
                {
                    violations.Add($"node {ordinal} is not reachable on level {level}");
                }
            }
        }
    }

    private static HashSet<uint> ReachedOn(HnswGraph graph, uint start, int level)
    {
        var reached = new HashSet<uint> { start };
        var open = new Queue<uint>(reached);
        while (open.TryDequeue(out var ordinal))
        {
            var list = graph.List(ordinal, level);
            var count = HnswGraph.LinkCount(list, graph.Options.LinksMax(level));
            for (var i = 0; i < count; i++)
            {
                if (reached.Add(list[i]))
                {
                    open.Enqueue(list[i]);
                }
            }
        }

        return reached;
    }
}
