namespace OrleansVectors.Indexes.Flat;

/// <summary>Where the rows of points are. A struct type parameter, so that a scan is compiled with it.</summary>
public interface IRowExtents
{
    /// <summary>The rows of an admitted point, at least one.</summary>
    RowExtent ExtentOf(uint point);
}
