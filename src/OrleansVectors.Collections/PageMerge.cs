using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections;

/// <summary>Merges the pages of several partitions into one.</summary>
internal static class PageMerge
{
    public static ScrollPage Merge(IReadOnlyList<ScrollPage> pages, ScrollRequest request)
        => request.OrderBy is { } by ? ByValue(pages, by, request.Limit) : ById(pages, request.Limit);

    private static ScrollPage ById(IReadOnlyList<ScrollPage> pages, int limit)
    {
        List<PointRecord> sorted = [.. pages.SelectMany(page => page.Points).OrderBy(point => point.Id)];

        // The next page begins at the first point that did not fit, of those that came and those that were announced.
        PointId? next = sorted.Count > limit ? sorted[limit].Id : null;
        foreach (ScrollPage page in pages)
        {
            next = page.Next is { } announced && !(next < announced) ? announced : next;
        }

        return new ScrollPage([.. sorted.Take(limit)], OrderValues: null, next);
    }

    private static ScrollPage ByValue(IReadOnlyList<ScrollPage> pages, PayloadOrder by, int limit)
    {
        IEnumerable<(PointRecord Point, OrderValue Value)> rows = pages.SelectMany(page => page.Points.Zip(page.OrderValues!));
        IOrderedEnumerable<(PointRecord Point, OrderValue Value)> sorted = by.Descending
            ? rows.OrderByDescending(row => row.Value)
            : rows.OrderBy(row => row.Value);
        List<(PointRecord Point, OrderValue Value)> page = [.. sorted.ThenBy(row => row.Point.Id).Take(limit)];
        return new ScrollPage([.. page.Select(row => row.Point)], [.. page.Select(row => row.Value)], Next: null);
    }
}
