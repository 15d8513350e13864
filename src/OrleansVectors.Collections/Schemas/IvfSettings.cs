namespace OrleansVectors.Collections.Schemas;

/// <summary>Settings of inverted lists; a null or 0 is chosen by the number of points.</summary>
/// <param name="Lists">How many lists, up to <see cref="CollectionLimits.IvfListsMax"/>.</param>
/// <param name="NProbe">Lists that a search scans when it names no number, up to <see cref="CollectionLimits.NProbeMax"/>.</param>
public sealed record IvfSettings(int? Lists = null, int? NProbe = null);
